"""Newer law than the works have: manifest entries go in, lines to read come out.

That is consolidated versions of their acts, and acts that repeal, replace or prolong them.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from clusterqa.download.client import Access, Client
from clusterqa.download.faults import Fault
from clusterqa.download.sync import known_hosts, refuse_offline
from clusterqa.errors import ClusterQAError
from clusterqa.types import Work

ENDPOINT = "webapi/rdf/sparql"
RESULTS = "application/sparql-results+json"
AT_ONCE = 40  # acts in one query; long ones that come as a GET are given up by the endpoint
# From the consolidated act to the act; it also leads there from consolidations of acts that this
# one amends, so that the CELEX number decides in the end.
QUERY = """PREFIX cdm: <http://publications.europa.eu/ontology/cdm#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT DISTINCT ?celex ?number ?relation WHERE {{
  VALUES ?number {{ {numbers} }}
  ?act cdm:resource_legal_id_celex ?number .
  {{
    ?version cdm:act_consolidated_consolidates_resource_legal ?act .
  }} UNION {{
    VALUES (?property ?relation) {{ {relations} }}
    ?version ?property ?act .
  }}
  ?version cdm:resource_legal_id_celex ?celex .
}} ORDER BY ?celex"""
# The properties of the Common Data Model by which an act ends another one or moves its end.
RELATIONS = {
    "resource_legal_repeals_resource_legal": "repeals",
    "resource_legal_implicitly_repeals_resource_legal": "implicitly repeals",
    "resource_legal_replaces_resource_legal": "replaces",
    "resource_legal_extends_validity_of_resource_legal": "prolongs",
}
ACT = re.compile(r"3(\d{4}[A-Z]\d{4})")
CONSOLIDATION = re.compile(r"0\d{4}[A-Z]\d{4}-\d{8}")


@dataclass(frozen=True, slots=True, order=True)
class Related:
    """An act or a consolidated version, by CELEX number, and what it is to the act `number`.

    `relation` is one of `RELATIONS`, empty for a consolidated version.
    """

    celex: str
    relation: str = ""
    number: str = ""


def newer_law(works: Iterable[Work], *, access: Access | None = None) -> Iterator[str]:
    """A line for each consolidated version that is newer than the manifest's newest of that act.

    Then one for each act that the manifest lacks and that repeals, replaces or prolongs one of its
    acts. One query to the Publications Office's SPARQL endpoint, in the terms of its Common Data
    Model. Tested against a local stand-in with that shape of answer, not against the endpoint
    itself. Raises `ClusterQAError` when it does not answer as expected or the access is offline.
    """
    access, works = access or Access(), tuple(works)
    refuse_offline(access)
    known = newest_known(works)
    found = related(known, works, access) if known else set()
    for one in sorted(one for one in found if not one.relation):
        act, _, date = one.celex[1:].partition("-")
        if date > known.get(act, "9"):
            yield f"{one.celex} exists and is not in the manifest"
    titles = {s.celex: work.short_title for work in works for s in work.sources if s.celex}
    for one in sorted(one for one in found if one.relation):
        if one.celex not in titles and one.number in titles:
            of = f"{one.number} ({titles[one.number]})"
            yield f"{one.celex} {one.relation} {of} and is not in the manifest"


def newest_known(works: Iterable[Work]) -> dict[str, str]:
    """For each act of the manifest, like 2014R0651, the date of its newest consolidation there."""
    newest = {}
    for work in works:
        numbers = [source.celex for source in work.sources if source.celex]
        for act in [match[1] for number in numbers if (match := ACT.fullmatch(number))]:
            dates = [n.partition("-")[2] for n in numbers if n.startswith(f"0{act}-")]
            newest[act] = max(dates, default="")
    return newest


def related(acts: Iterable[str], works: Iterable[Work], access: Access) -> set[Related]:
    """All consolidated versions of the acts, and all acts that end them or move their end."""
    numbers, found = [f'"3{act}"^^xsd:string' for act in acts], set()
    relations = " ".join(f'(cdm:{name} "{word}")' for name, word in RELATIONS.items())
    try:
        with Client(access, known_hosts(works, access)) as client:
            for first in range(0, len(numbers), AT_ONCE):
                some = " ".join(numbers[first : first + AT_ONCE])
                query = QUERY.format(numbers=some, relations=relations)
                question = urlencode({"query": query, "format": RESULTS})
                address = f"{access.cellar.rstrip('/')}/{ENDPOINT}?{question}"
                reply = client.get(address, {"Accept": RESULTS}, client.deadline())
                rows = json.loads(reply.content)["results"]["bindings"]
                found |= {read_row(row) for row in rows}
    except Fault as fault:
        problem = str(fault)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        problem = "its answer is not a table of CELEX numbers"
    else:
        return {one for one in found if is_told(one)}
    raise ClusterQAError(
        f"{access.cellar}/{ENDPOINT}: newer versions are not known ({problem}); try again later"
    )


def read_row(row: dict[str, dict[str, str]]) -> Related:
    """A row of the answer, of which only a related act has an act and a relation."""
    cells = {name: str(cell["value"]) for name, cell in row.items()}
    return Related(cells["celex"], cells.get("relation", ""), cells.get("number", ""))


def is_told(one: Related) -> bool:
    """Whether numbers and relation are such as were asked for."""
    if one.relation:
        return one.relation in RELATIONS.values() and bool(ACT.fullmatch(one.celex))
    return bool(CONSOLIDATION.fullmatch(one.celex))
