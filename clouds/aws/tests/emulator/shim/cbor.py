"""CloudWatch speaks CBOR with current SDKs (smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html), moto JSON."""

import struct


def decode(data, at=0):
    major, minor = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        if minor in (20, 21, 22, 23):
            return {20: False, 21: True}.get(minor), at
        size, form = {25: (2, ">e"), 26: (4, ">f"), 27: (8, ">d")}[minor]
        return struct.unpack(form, data[at : at + size])[0], at + size
    if minor == 31:
        return _endless(data, at, major)
    if minor < 24:
        number = minor
    else:
        size = {24: 1, 25: 2, 26: 4, 27: 8}[minor]
        number, at = int.from_bytes(data[at : at + size], "big"), at + size
    if major in (0, 1):
        return (number if major == 0 else -1 - number), at
    if major in (2, 3):
        raw = data[at : at + number]
        return (raw if major == 2 else raw.decode()), at + number
    if major == 6:
        return decode(data, at)
    found = [] if major == 4 else {}
    for _ in range(number):
        value, at = decode(data, at)
        if major == 5:
            found[value], at = decode(data, at)
        else:
            found.append(value)
    return found, at


def _endless(data, at, major):
    found = {4: [], 5: {}}.get(major, b"")
    while data[at] != 0xFF:
        value, at = decode(data, at)
        if major == 5:
            found[value], at = decode(data, at)
        elif major == 4:
            found.append(value)
        else:
            found += value if isinstance(value, bytes) else value.encode()
    return (found.decode() if major == 3 else found), at + 1


def encode(value, key=""):
    if value is None:
        return b"\xf6"
    if value is True or value is False:
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, (int, float)) and (key.endswith("Timestamp") or key in ("LastModified", "Timestamps")):
        return b"\xc1\xfb" + struct.pack(">d", value)
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(encode(item, key) for item in value)
    return _head(5, len(value)) + b"".join(encode(k) + encode(v, k) for k, v in value.items())


def _head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    for limit, form, minor in ((256, ">B", 24), (65536, ">H", 25), (1 << 32, ">I", 26), (1 << 64, ">Q", 27)):
        if number < limit:
            return bytes([major << 5 | minor]) + struct.pack(form, number)
    raise ValueError("too large")
