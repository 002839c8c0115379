# The language server on the CPU, for a client on the same machine:
#   docker build -t codeorigin . && docker run --rm -p 127.0.0.1:2087:2087 -e CODEORIGIN_TOKEN=... codeorigin
FROM python:3.11-slim
COPY pyproject.toml README.md CHANGELOG.md LICENSE /source/
COPY server /source/server
COPY models /source/models
RUN pip install --no-cache-dir "/source[deep]" && rm -r /source && useradd --create-home codeorigin
USER codeorigin
WORKDIR /home/codeorigin
EXPOSE 2087
# Other machines reach it only where the port is published to them.
ENTRYPOINT ["codeorigin"]
CMD ["serve", "--tcp", "0.0.0.0:2087", "--allow-remote"]
