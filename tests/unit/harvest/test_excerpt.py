from harvest.changes import excerpt
from harvest.changes.excerpt import MAX_BYTES

DCT = "http://purl.org/dc/terms/"


def test_whether_a_record_is_open_comes_first_however_much_it_says():
    chatter = "".join(f'<urn:d> <urn:p{number}> "{"长" * 300}" .\n' for number in range(5_000))
    rights = f'<urn:d> <{DCT}accessRights> _:r .\n_:r <urn:label> "非开放" .\n'
    text = excerpt((chatter + rights + chatter).encode(), "<urn:d>", "abc").decode()
    assert len(text.encode()) <= MAX_BYTES
    assert text.startswith(f'<urn:suishu:dataset/abc> <{DCT}accessRights> _:r .\n_:r <urn:label> "非开放" .\n')
    assert "<urn:d>" not in text


def test_one_endless_line_leaves_room_for_the_others():
    text = excerpt(b'<urn:d> <urn:p> "%s" .\n<urn:d> <urn:q> "x" .\n' % (b"x" * MAX_BYTES), "<urn:d>", "abc")
    assert text == b'<urn:suishu:dataset/abc> <urn:q> "x" .\n'
