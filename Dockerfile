# One image for every service: `pq_registry serve`, `pq_tfp work`, `pq_reporting migrate`. Any Python 3.11 or newer will do as its base.
ARG PYTHON_IMAGE=python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_CACHE_DIR=/cache/uv PIP_CACHE_DIR=/cache/pip
RUN python -m venv /opt/uv && python -m venv --without-pip /opt/venv
# Where the network has a certificate of its own, its bundle comes as the secret `ca` and stays in no layer.
RUN --mount=type=cache,target=/cache --mount=type=secret,id=ca,target=/run/secrets/ca.crt \
    if [ -s /run/secrets/ca.crt ]; then export PIP_CERT=/run/secrets/ca.crt; fi; \
    /opt/uv/bin/python -m pip install -q uv==0.13.9
WORKDIR /src
COPY constraints.txt ./
COPY libs libs
COPY services services
RUN --mount=type=cache,target=/cache --mount=type=secret,id=ca,target=/run/secrets/ca.crt \
    if [ -s /run/secrets/ca.crt ]; then export SSL_CERT_FILE=/run/secrets/ca.crt; fi; \
    /opt/uv/bin/uv pip install -q --python /opt/venv/bin/python -c constraints.txt libs/common \
        services/registry services/support-grants services/certification services/tfp services/reporting

FROM ${PYTHON_IMAGE}
COPY --from=build /opt/venv /opt/venv
# A pod's processor is given to processes by the settings, not to threads of the numeric libraries.
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp \
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PQ_HOST=0.0.0.0 PQ_PORT=8000 PQ_SECRETS=/run/secrets
USER 10001:10001
WORKDIR /tmp
EXPOSE 8000
ENTRYPOINT ["python", "-m"]
CMD ["pq_reporting", "serve"]
