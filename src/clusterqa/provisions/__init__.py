"""Lines of a legal text in, a `Document` with its provision tree out.

The grammar of articles, paragraphs and points is applied here, once, whatever the format was.
Labels follow one scheme: "Article 27(8)(a)", "Article 2(92)", "Annex I, Article 3(2)",
"Recital (12)", "Footnote 19". An unnumbered subparagraph has the label of its paragraph. Text that
an amending act quotes is part of the point that quotes it: "Article 1(8), Article 12(2)".
"""

from clusterqa.provisions.building import document_from_lines
from clusterqa.provisions.labels import article_of, label_key

__all__ = ["article_of", "document_from_lines", "label_key"]
