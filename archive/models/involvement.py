"""Who else has to do with a testimony, so that it is found by them."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base


class Involvement(Base):
    """A narrator beside the depositor, or a delegate; the ledger says what they may.

    `holder` is `narrator:<id>` or `person:<id>`.
    """

    __tablename__ = "involvement"
    testimony_id: Mapped[str] = mapped_column(
        ForeignKey("testimony.testimony_id"), primary_key=True
    )
    holder: Mapped[str] = mapped_column(primary_key=True, index=True)
