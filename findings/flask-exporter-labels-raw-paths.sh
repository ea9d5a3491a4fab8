#!/usr/bin/env bash
# prometheus-flask-exporter 0.20.1 (Flask 2.0.1, prometheus_client 0.21.1, Python 3): what a route with a parameter looks like in /metrics.
#
# Guess: one route is one series, labelled with the rule (/pets/<id>), and the histogram and the counter of one request have the same labels.
# Seen: the histogram is labelled with the raw path of each URL, so every id and every URL that a catch-all route answers makes 18 samples
#   that never go away; the counter of the same requests has no path at all, and stays one series. With three ids and two unknown URLs:
#     histogram paths: /pets/1 /pets/2 /pets/3 /wp-admin /x.php   (90 samples)
#     counter: flask_http_request_total{method="GET",status="200"} 5.0   (1 sample)
#   Folding the paths by relabelling at the scrape does not help: five cumulative histograms would become one series with five values.
# Fails if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  prometheus-flask-exporter==0.20.1 prometheus_client==0.21.1 flask==2.0.1 werkzeug==2.0.1 jinja2==3.0.1 markupsafe==2.0.1 itsdangerous==2.0.1 click==8.0.1
cat >"$folder/app.py" <<'PY'
from flask import Flask
from prometheus_flask_exporter import PrometheusMetrics

app = Flask(__name__)
PrometheusMetrics(app)

@app.route("/pets/<int:pet>")
def one(pet):
    return "pet"

@app.route("/<path:path>")
def anything(path):
    return "page"

client = app.test_client()
for url in ["/pets/1", "/pets/2", "/pets/3", "/wp-admin", "/x.php"]:
    assert client.get(url).status_code == 200
lines = client.get("/metrics").get_data(as_text=True).splitlines()
histogram = [line for line in lines if line.startswith("flask_http_request_duration_seconds") and 'path="' in line]
paths = sorted({line.split('path="')[1].split('"')[0] for line in histogram})
counter = [line for line in lines if line.startswith("flask_http_request_total{")]
print("histogram paths:", *paths, " (%d samples)" % len(histogram))
print("counter:", *counter, " (%d sample)" % len(counter))
assert paths == ["/pets/1", "/pets/2", "/pets/3", "/wp-admin", "/x.php"], paths
assert len(histogram) == 90, len(histogram)
assert counter == ['flask_http_request_total{method="GET",status="200"} 5.0'], counter
PY
cd "$folder" && venv/bin/python app.py
