"""Newer consolidated versions of the works: manifest entries go in, lines to read come out."""

import json
import re
from collections.abc import Iterable, Iterator
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
SELECT DISTINCT ?celex WHERE {{
  VALUES ?number {{ {numbers} }}
  ?act cdm:resource_legal_id_celex ?number .
  ?version cdm:act_consolidated_consolidates_resource_legal ?act ;
           cdm:resource_legal_id_celex ?celex .
}} ORDER BY ?celex"""
ACT = re.compile(r"3(\d{4}[A-Z]\d{4})")


def new_consolidations(works: Iterable[Work], *, access: Access | None = None) -> Iterator[str]:
    """A line for each consolidated version that is newer than the manifest's newest of that act.

    Asked of the Publications Office's SPARQL endpoint, in the terms of its Common Data Model.
    Tested against a local stand-in with that shape of answer, not against the endpoint itself.
    Raises `ClusterQAError` when it does not answer as expected or the access is offline.
    """
    access, works = access or Access(), tuple(works)
    refuse_offline(access)
    known = newest_known(works)
    if known:
        for celex in sorted(consolidations(known, works, access)):
            act, _, date = celex[1:].partition("-")
            if date > known.get(act, "9"):
                yield f"{celex} exists and is not in the manifest"


def newest_known(works: Iterable[Work]) -> dict[str, str]:
    """For each act of the manifest, like 2014R0651, the date of its newest consolidation there."""
    newest = {}
    for work in works:
        numbers = [source.celex for source in work.sources if source.celex]
        for act in [match[1] for number in numbers if (match := ACT.fullmatch(number))]:
            dates = [n.partition("-")[2] for n in numbers if n.startswith(f"0{act}-")]
            newest[act] = max(dates, default="")
    return newest


def consolidations(acts: Iterable[str], works: Iterable[Work], access: Access) -> set[str]:
    """The CELEX numbers of all consolidated versions of the acts."""
    numbers, found = [f'"3{act}"^^xsd:string' for act in acts], set()
    try:
        with Client(access, known_hosts(works, access)) as client:
            for first in range(0, len(numbers), AT_ONCE):
                some = " ".join(numbers[first : first + AT_ONCE])
                question = urlencode({"query": QUERY.format(numbers=some), "format": RESULTS})
                address = f"{access.cellar.rstrip('/')}/{ENDPOINT}?{question}"
                reply = client.get(address, {"Accept": RESULTS}, client.deadline())
                rows = json.loads(reply.content)["results"]["bindings"]
                found |= {str(row["celex"]["value"]) for row in rows}
    except Fault as fault:
        problem = str(fault)
    except (ValueError, KeyError, TypeError, RecursionError):
        problem = "its answer is not a table of CELEX numbers"
    else:
        return {celex for celex in found if re.fullmatch(r"0\d{4}[A-Z]\d{4}-\d{8}", celex)}
    raise ClusterQAError(
        f"{access.cellar}/{ENDPOINT}: newer versions are not known ({problem}); try again later"
    )
