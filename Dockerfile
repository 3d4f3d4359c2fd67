# Headway in a container: `docker build -t headway .`, then `docker run -p 8501:8501 headway`.
# Built in two stages, so that what runs has neither compilers nor installers, and no root.

FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements-tools.txt requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements-tools.txt \
 && uv venv /opt/headway \
 && uv pip install --no-cache --compile-bytecode --require-hashes \
      --python /opt/headway/bin/python -r requirements.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY .streamlit .streamlit
COPY models models
COPY seed seed
COPY dashboard dashboard
COPY pages pages
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels . \
 && uv pip install --no-cache --compile-bytecode --no-deps \
      --python /opt/headway/bin/python /wheels/*.whl

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --home-dir /var/lib/headway headway \
 && install -d -o headway -g headway -m 0750 /var/lib/headway
COPY --from=build /opt/headway /opt/headway
# The look of the pages is read from the folder that the program is started in.
COPY .streamlit /srv/headway/.streamlit
ENV PATH=/opt/headway/bin:$PATH \
    HEADWAY_HOME=/var/lib/headway \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /srv/headway
USER headway
# Everything that changes lies here; the rest of the file system may be read-only.
VOLUME /var/lib/headway
EXPOSE 8501
STOPSIGNAL SIGTERM
# It asks by the name localhost: keep that in HEADWAY_HOSTS where you set it.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "from urllib.request import Request, urlopen; \
urlopen(Request('http://127.0.0.1:8501/_stcore/health', headers={'Host': 'localhost'}), timeout=4)"]
ENTRYPOINT ["headway"]
CMD ["run", "--host", "0.0.0.0", "--port", "8501"]
