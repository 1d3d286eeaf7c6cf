"""Where Data Docs are written and which pages stay.

Data Docs are Great Expectations' HTML pages: an index, a page per validated table, a page per suite. This module knows
the site's configuration and removes pages of earlier runs; how a page looks is in `data_docs_view` and its templates.
"""

from pathlib import Path
from typing import Any

SITE = "data_quality"


def site_config(folder: Path) -> dict[str, Any]:
    """Return the configuration of a site in `folder` whose pages need neither internet nor JavaScript."""
    page = {"module_name": "expectations.data_docs_view", "class_name": "OfflinePageView"}
    index = {"module_name": "expectations.data_docs_view", "class_name": "OfflineIndexView"}
    return {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder", "view": index},
        "site_section_builders": {"expectations": {"view": page}, "validations": {"view": page}, "profiling": "none"},
    }


def remove_old_pages(folder: Path, keep: set[Path]) -> None:
    """Remove the pages of earlier runs below `folder`, and folders that are then empty.

    The index that names the pages in `keep` is already written when this runs, so a reader who follows it finds them.
    """
    for section in ("validations", "expectations"):
        pages = [page for page in (folder / section).rglob("*.html") if page not in keep]
        for page in pages:
            page.unlink(missing_ok=True)
        for parent in sorted({parent for page in pages for parent in page.parents}, key=lambda path: -len(path.parts)):
            if folder in parent.parents and not any(parent.iterdir()):
                parent.rmdir()
