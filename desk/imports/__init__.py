"""Tables from outside into the service database, and out again.

`run_import` takes the files of `aftercare import` and of `POST /api/v1/import` alike; `export` writes such files.
"""

from desk.imports.report import FileReport, Problem, Report
from desk.imports.run import run_import

__all__ = ["FileReport", "Problem", "Report", "run_import"]
