# The server in a container: hashed dependencies, no compiler, no root, nothing to write but volumes.
# Base images are pinned to exact versions; pin the digests of your own registry where you have one.
FROM python:3.13.9-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/runtime.txt /tmp/runtime.txt
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/runtime.txt
COPY . /app
WORKDIR /app
# The page, with Node from a wheel; neither Node nor what the build needs goes into the image.
RUN python -m venv .venv && .venv/bin/pip install --require-hashes -r requirements/web.txt \
 && tools/web.sh build && rm -rf .venv web/node_modules
RUN /opt/venv/bin/pip install --no-deps --no-build-isolation --editable . \
 && /opt/venv/bin/python -m compileall -q /app

FROM python:3.13.9-slim-bookworm
RUN useradd --system --uid 10001 --shell /usr/sbin/nologin --no-create-home entaku \
 && install -d -o entaku -g entaku -m 0700 /var/lib/entaku
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    ENTAKU_HOST=0.0.0.0 ENTAKU_PORT=8080 ENTAKU_DATA=/var/lib/entaku
USER entaku
VOLUME /var/lib/entaku
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["python", "deploy/healthy.py"]
CMD ["entaku", "serve"]
