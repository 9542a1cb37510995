"""What people type into forms of accounts, as it is kept. Pure."""

from email_validator import EmailNotValidError, validate_email

from app.errors import Invalid

MAX_NAME_CHARACTERS = 30


def normalised(email: str) -> str:
    """An address as it is kept. Raises `Invalid`."""
    try:
        # Before the @ in ASCII alone: few mail servers take anything else.
        checked = validate_email(email.strip()[:400], check_deliverability=False, allow_smtputf8=False)
        return checked.normalized.lower()
    except EmailNotValidError as error:
        raise Invalid("邮箱地址不正确，请检查。", "That is no mail address; check it.") from error


def sought(email: str) -> str:
    """An address as somebody typed it, as it would be kept; what can't be one is nobody's."""
    try:
        return normalised(email)
    except Invalid:
        return email.strip().lower()[:254].replace("\0", "\ufffd")


def name_of(said: str) -> str:
    """A name that others may see. Raises `Invalid`."""
    name = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    if not 1 <= len(name) <= MAX_NAME_CHARACTERS:
        raise Invalid(
            f"请填写昵称，不超过 {MAX_NAME_CHARACTERS} 个字符。",
            f"Give a name that others may see, of at most {MAX_NAME_CHARACTERS} characters.",
        )
    return name
