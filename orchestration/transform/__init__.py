"""The dbt project as Dagster sees it: its manifest, what goes into a build, and what a build found."""
