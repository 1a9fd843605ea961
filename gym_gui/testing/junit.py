"""The report as JUnit XML, which build servers read."""

from __future__ import annotations

import re
from xml.etree import ElementTree as xml

from gym_gui.testing.results import CheckResult, ConformanceReport, Status, explain

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(report: ConformanceReport) -> str:
    """The document, one test case for each check."""
    suite = xml.Element(
        "testsuite",
        name=f"conformance of {_clean(report.worker_id)}",
        tests=str(len(report.results)),
        failures=str(len(report.failed)),
        errors="0",
        skipped=str(len(report.with_status(Status.SKIPPED))),
        time=f"{sum(result.seconds for result in report.results):.3f}",
    )
    for result in report.results:
        suite.append(_case(report.worker_id, result))
    document = xml.Element("testsuites")
    document.append(suite)
    xml.indent(document)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + xml.tostring(document, encoding="unicode") + "\n"


def _case(worker_id: str, result: CheckResult) -> xml.Element:
    case = xml.Element(
        "testcase",
        classname=f"conformance.{_clean(worker_id)}",
        name=result.check,
        time=f"{result.seconds:.3f}",
    )
    if result.status is Status.FAILED:
        failure = xml.SubElement(case, "failure", message=_clean(result.reason))
        failure.text = _clean(explain(result))
    elif result.status is Status.SKIPPED:
        xml.SubElement(case, "skipped", message=_clean(result.reason))
    return case


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
