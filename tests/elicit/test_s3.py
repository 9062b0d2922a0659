"""Logs in a bucket, on a real S3-compatible server on 127.0.0.1."""

import signal
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from balk import pipeline
from balk.design.study_file import read_study
from fake_provider import exam_taker
from faulty_provider import serve_faulty
from killable import (
    CONNECTIONS,
    decisions_of,
    environment,
    finish,
    start,
    unbroken,
    wait_until,
    write_study,
)

pytestmark = pytest.mark.slow

BUCKET = "exams"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    yield f"s3://{BUCKET}/study"
    server.stop()


def test_logs_in_a_bucket_are_killed_resumed_and_read_like_any(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, out = write_study(tmp_path, exams=3), tmp_path / "out"
    with serve_faulty(exam_taker, delay_s=0.2) as provider:
        process = start(study, out, provider, "--logs", bucket)
        wait_until(lambda: provider.n_calls >= 14, process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        for name, value in environment(provider).items():
            monkeypatch.setenv(name, value)
        pipeline.run(read_study(study), out, logs=bucket, max_connections=CONNECTIONS)
        assert provider.n_calls <= 18 + 3 * CONNECTIONS
    whole, _ = unbroken(study, tmp_path / "whole", monkeypatch)
    assert decisions_of(out).equals(whole)
    assert not (out / "logs").exists()

    pipeline.tabulate(bucket, tmp_path / "again")
    assert decisions_of(tmp_path / "again").equals(whole)

    s3 = boto3.client("s3")
    logs = [
        item["Key"]
        for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]
        if item["Key"].endswith(".eval")
    ]
    s3.put_object(Bucket=BUCKET, Key=logs[0], Body=b"")  # torn
    pipeline.run(read_study(study), out, logs=bucket, max_connections=CONNECTIONS)


def test_a_bucket_is_written_by_one_run_at_a_time(bucket: str, tmp_path: Path) -> None:
    study, bucket = write_study(tmp_path, exams=2), f"{bucket}-of-two"
    with serve_faulty(exam_taker, delay_s=0.2) as provider:
        first = start(study, tmp_path / "one", provider, "--logs", bucket)
        wait_until(lambda: provider.n_calls > 0, first)
        said = start(study, tmp_path / "other", provider, "--logs", bucket).communicate()[0]
        finish(first)
        assert f"{bucket} is being written by another run, into {tmp_path}/one" in said
        n_calls = provider.n_calls
        finish(start(study, tmp_path / "other", provider, "--logs", bucket))
        assert provider.n_calls == n_calls  # the exams are found in the logs
    assert decisions_of(tmp_path / "one").equals(decisions_of(tmp_path / "other"))
