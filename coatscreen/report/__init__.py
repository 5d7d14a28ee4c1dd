"""Rankings as one HTML page that loads nothing, to be read, sorted, printed and sent.

A report is a document first (:mod:`~coatscreen.report.report`), made of what the database holds; then a page
(:mod:`~coatscreen.report.page`). What the page does in a browser is plain JavaScript in files of their own, without a
library: it sorts and filters one table and draws lines and bars. That is some 500 lines that whoever knows the ranking
can change. The libraries that could take their place (Tabulator, uPlot) are a hundred times the code, with interfaces
and versions of their own, and neither draws a kink that can be pointed at.
"""
