"""What one source may cost and lose: as said of it (`SourceLimits`), else as the settings say. Pure."""

from datetime import timedelta

from app.harvesting.model import SourceLimits
from app.settings import Settings
from harvest.limits import Limits


def run_limits(limits: SourceLimits, settings: Settings) -> Limits:
    """What one run may cost."""
    megabytes = settings.harvest_run_size_limit_mb if limits.megabytes is None else limits.megabytes
    return Limits(
        pages=settings.harvest_page_limit if limits.pages is None else limits.pages,
        records=settings.harvest_record_limit if limits.records is None else limits.records,
        bytes=megabytes * 1024**2,
        run_s=settings.harvest_run_limit_s if limits.run_s is None else limits.run_s,
        pause_s=settings.harvest_request_pause_s if limits.pause_s is None else limits.pause_s,
    )


def loss_limits(limits: SourceLimits, settings: Settings) -> tuple[timedelta, float]:
    """(the grace before what is missing is withdrawn, of how many percent missing a person must decide)."""
    days = settings.missing_grace_days if limits.grace_days is None else limits.grace_days
    percent = settings.missing_limit_percent if limits.missing_percent is None else limits.missing_percent
    return timedelta(days=days), percent
