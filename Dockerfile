# Two stages: everything is built in the first, the second holds only what runs.
FROM python:3.11-slim AS builder
# Options for pip, such as an index of your own:
#   docker build --build-arg PIP_OPTIONS="--index-url …" .
ARG PIP_OPTIONS=""
WORKDIR /build
RUN python -m venv --without-pip /opt/safezone
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY src ./src
COPY models ./models
RUN pip --python /opt/safezone/bin/python install --no-cache-dir ${PIP_OPTIONS} \
      --constraint requirements.lock ".[postgres,redis,telemetry]" \
 # The libraries' own tests are a tenth of what is installed.
 && find /opt/safezone -type d -name tests -prune -exec rm -r {} + \
 # Of OpenVINO, processors and ONNX files are enough: a tenth of a gigabyte instead of two.
 && find /opt/safezone -path '*/openvino/libs/*' \( -name '*_gpu_plugin*' -o -name '*_npu_plugin*' \
      -o -name cache.json -o -name '*_frontend*' ! -name '*_onnx_*' ! -name '*_ir_*' \) -delete

FROM python:3.11-slim
# A new volume takes its owner from here; a folder of the host has to be given to 10001 by hand.
RUN install --directory --owner=10001 --group=10001 --mode=700 /data
COPY --from=builder /opt/safezone /opt/safezone
ENV PATH=/opt/safezone/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    SAFEZONE_HOST=0.0.0.0 \
    SAFEZONE_STORE=sqlite:////data/safezone.db
# Nothing else is written to: it runs with `--read-only --tmpfs /tmp --volume safezone:/data`.
VOLUME /data
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=8)"]
CMD ["safezone", "serve"]
