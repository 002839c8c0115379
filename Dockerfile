# The command, for machines without Python:
#   docker build -t codeorigin . && docker run --rm -v "$PWD:/code:ro" codeorigin
FROM python:3.11-slim
COPY pyproject.toml README.md CHANGELOG.md LICENSE /source/
COPY server /source/server
COPY models /source/models
RUN pip install --no-cache-dir "/source[deep]" && rm -r /source && useradd --create-home codeorigin
USER codeorigin
WORKDIR /code
ENTRYPOINT ["codeorigin"]
CMD ["check", "."]
