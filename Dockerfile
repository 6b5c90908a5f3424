# The bot as a package (not editable), its dependencies from the lock with hashes; it does not run as root.
#   docker build -t alliance-bot .
#   docker run --rm --env-file .env --volume alliance:/data alliance-bot
# Without a token it does not start: whoever reaches a sandbox writes as anybody. To try it all the same:
#   docker run --rm --env SANDBOX_OPEN=true --publish 127.0.0.1:8080:8080 alliance-bot     at http://127.0.0.1:8080/
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
ARG VERSION=0.3.0
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore PYTHONOPTIMIZE=2
RUN python -m venv /opt/alliance
WORKDIR /src
COPY requirements.lock ./
RUN /opt/alliance/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY rules rules
COPY storage storage
RUN /opt/alliance/bin/pip install --no-deps --no-build-isolation --no-index . \
 && /opt/alliance/bin/pip uninstall --yes setuptools pip \
 && /opt/alliance/bin/python -m compileall -q /opt/alliance/lib
# It is of the version that the label tells, and answers; what it compiles for that stays in the image.
WORKDIR /
RUN test "$(/opt/alliance/bin/alliance-bot --version)" = "alliance-bot $VERSION" \
 && /opt/alliance/bin/alliance-bot ask 怎么开通精选联盟

FROM python:${PYTHON}
ARG VERSION=0.3.0
LABEL org.opencontainers.image.version=$VERSION
RUN useradd --system --uid 10001 --create-home --home-dir /data alliance
COPY --from=build /opt/alliance /opt/alliance
ENV PATH=/opt/alliance/bin:$PATH \
    PYTHONOPTIMIZE=2 \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite+aiosqlite:////data/alliance.db \
    HTTP_HOST=0.0.0.0 \
    LOG_FORMAT=json
USER alliance
WORKDIR /data
VOLUME /data
EXPOSE 8080
# Asked without the proxy of the settings, if there is one.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "from urllib import request; request.build_opener(request.ProxyHandler({})).open('http://127.0.0.1:8080/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["alliance-bot"]
CMD ["run"]
