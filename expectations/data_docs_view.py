"""How Data Docs look: Great Expectations' pages with this project's templates, readable without internet or JavaScript.

Great Expectations' own templates load their style sheets and scripts from five servers and fill the index by script.
The templates in `data_docs_templates/` replace those that do; every other template stays Great Expectations' own.
Great Expectations loads these classes by name (see `data_docs.site_config`), so this module imports it.
"""

from pathlib import Path
from typing import Any

from great_expectations.render.view.view import DefaultJinjaIndexPageView, DefaultJinjaPageView
from jinja2 import ChoiceLoader, FileSystemLoader
from jinja2.environment import Environment

_TEMPLATES = Path(__file__).resolve().parent / "data_docs_templates"


def _prefer_own_templates(environment: Environment) -> None:
    loaders = [FileSystemLoader(_TEMPLATES), *([environment.loader] if environment.loader else [])]
    environment.loader = ChoiceLoader(loaders)


class OfflinePageView(DefaultJinjaPageView):
    """A page of validation results or of a suite."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        _prefer_own_templates(self.env)


class OfflineIndexView(DefaultJinjaIndexPageView):
    """The index of all pages."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        _prefer_own_templates(self.env)
