"""What a narrator's forms say of the title and names that others may read."""

from collections.abc import Mapping
from dataclasses import replace

from archive.descriptions import Description


def description_from(form: Mapping[str, str], before: Description) -> Description:
    """Return the title and names that a form gives; what it leaves out stays."""
    return replace(
        before,
        title=form.get("title", before.title),
        pseudonym=form.get("pseudonym", before.pseudonym),
        name=form.get("name", before.name),
    )
