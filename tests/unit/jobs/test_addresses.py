"""Where webhooks may go."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.jobs.addresses import InvalidWebhook, check_url, may_reach

_PRIVATE = (
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.5",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
)
_GLOBAL = ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::")


@pytest.mark.parametrize("address", _PRIVATE)
def test_addresses_that_are_not_everybodys_are_refused(address: str) -> None:
    assert not may_reach(ip_address(address))


@pytest.mark.parametrize("address", _GLOBAL)
def test_global_addresses_are_reached(address: str) -> None:
    assert may_reach(ip_address(address))


@given(st.ip_addresses(v=4))
def test_no_way_of_writing_an_ipv4_address_in_ipv6_gets_past_the_rule(address: object) -> None:
    expected = may_reach(ip_address(str(address)))
    number = int(ip_address(str(address)))
    for form in (0xFFFF << 32 | number, (0x64FF9B << 96) | number, 0x2002 << 112 | number << 80):
        assert may_reach(ip_address(form.to_bytes(16, "big"))) == expected


def test_networks_that_are_allowed_are_reached_and_nothing_beside_them() -> None:
    allowed = [ip_network("10.1.0.0/16"), ip_network("fd00:1::/32")]
    for address in ("10.1.2.3", "::ffff:10.1.2.3", "fd00:1::7"):
        assert may_reach(ip_address(address), allowed)
    for address in ("10.2.0.1", "fd00:2::7", "127.0.0.1"):
        assert not may_reach(ip_address(address), allowed)


@pytest.mark.parametrize(
    "url",
    [
        "https://portal.example.org",
        "https://portal.example.org:443/hooks?tenant=7",
        "https://portal.example.org:8443/hooks",
        "https://münchen.example/hooks",
        "https://8.8.8.8/hooks",
        "https://[2606:4700::1111]/hooks",
    ],
)
def test_a_public_https_url_is_taken(url: str) -> None:
    assert check_url(url).scheme == "https"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://portal.example.org", "not_https"),
        ("ftp://portal.example.org", "not_https"),
        ("portal.example.org/hooks", "not_https"),
        ("https:///hooks", "not_https"),
        ("", "not_https"),
        ("https://user:secret@portal.example.org", "credentials"),
        ("https://user@portal.example.org", "credentials"),
        ("https://portal.example.org:22", "port"),
        ("https://portal.example.org:80", "port"),
        ("https://portal.example.org:0", "port"),
        ("https://portal.example.org:99999", "port"),
        ("https://portal.example.org\n", "not_a_url"),
        ("https://portal example.org", "not_a_url"),
        ("https://[::1", "not_a_url"),
        ("https://127.0.0.1/hooks", "private_address"),
        ("https://10.0.0.1:8443", "private_address"),
        ("https://169.254.169.254/latest/meta-data", "private_address"),
        ("https://[::1]/", "private_address"),
        ("https://[::ffff:127.0.0.1]/", "private_address"),
        ("https://example.org/" + "a" * 2_000, "too_long"),
    ],
)
def test_other_urls_are_refused_with_a_message_that_does_not_repeat_them(
    url: str, code: str
) -> None:
    with pytest.raises(InvalidWebhook) as caught:
        check_url(url)
    assert caught.value.code == code
    assert "secret" not in str(caught.value)


def test_a_private_address_is_taken_where_its_network_is_allowed() -> None:
    assert check_url("https://10.1.2.3:8443", [ip_network("10.1.0.0/16")]).host == "10.1.2.3"


@given(st.text())
def test_whatever_is_sent_is_a_url_or_refused(text: str) -> None:
    for url in (text, f"https://{text}"):
        try:
            assert check_url(url).scheme == "https"
        except InvalidWebhook:
            continue
