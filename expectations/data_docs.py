"""Where Data Docs are written: Great Expectations' HTML pages, an index, a page per validated table and per suite.

Each build replaces the site, so it shows the last run. How a page looks is in `data_docs_view` and its templates.
"""

from pathlib import Path
from typing import Any

SITE = "data_quality"


def literal(text: str) -> str:
    """Return `text` for Great Expectations' configuration, where a dollar sign would name a variable."""
    return text.replace("$", r"\$")


def site_config(folder: Path) -> dict[str, Any]:
    """Return the configuration of a site in `folder` whose pages need neither internet nor JavaScript."""
    page = {"module_name": "expectations.data_docs_view", "class_name": "OfflinePageView"}
    index = {"module_name": "expectations.data_docs_view", "class_name": "OfflineIndexView"}
    return {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": literal(str(folder))},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder", "view": index},
        "site_section_builders": {"expectations": {"view": page}, "validations": {"view": page}, "profiling": "none"},
    }
