"""Whether two documents are of one school.

Codes are claims: a registry tells whose seal stands for them, else the seal's certificate.
"""

from datetime import date

from hocba_sign.model.numbers import agrees, number_of, numbers_of
from hocba_sign.model.person import School
from hocba_sign.model.provinces import contradicts, is_followed_by
from hocba_sign.model.record import SignerCredential
from hocba_sign.model.spelling import Likeness, compare_names


def is_same_school(
    school: School, other: School, *, seal: SignerCredential | None, by_code: bool, day: date
) -> bool:
    """Return whether `other`, which a document of `day` names that carries this `seal`, is the
    school.

    1. the codes are the same, or that of the department is its successor's on `day`;
    2. a registry binds seals to the same codes (`by_code`), or else:
    3. no numbers contradict each other, those of the seal neither, and the names are the same in
       one province;
    4. a school with a new name keeps its tax code, if its seal's certificate has it.
    """
    # (1) codes of school and department
    is_own = school.department_code == other.department_code
    is_followed = is_own or is_followed_by(
        school.department_code, school.address, later=other.department_code, day=day
    )
    if school.code != other.code or not is_followed:
        return False
    # (2) seals bound by a registry
    if by_code and is_own:
        return True
    # (3) numbers, then names
    stated = ((school.tax_id, other.tax_id), (school.organisation_id, other.organisation_id))
    tax = None if school.tax_id is None else number_of("MST", school.tax_id)
    certified = () if seal is None else numbers_of(seal.identifiers)
    if any(None not in pair and pair[0] != pair[1] for pair in stated) or (
        tax is not None and agrees(tax, certified) is False
    ):
        return False
    is_named_alike = compare_names(school.name, other.name, of_school=True) is Likeness.SAME
    is_named_alike = is_named_alike and not contradicts(
        school.address, other.address, stated_on=day, certified_on=day
    )
    # (4) a new name with the tax code of the seal
    return is_named_alike or (tax is not None and tax in certified)
