FROM node:22-slim AS front
WORKDIR /front
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm run build

FROM python:3.12-slim
WORKDIR /srv/suishu
COPY pyproject.toml README.md LICENSE ./
COPY app ./app
COPY harvest ./harvest
COPY indexer ./indexer
COPY shapes ./shapes
COPY vocab ./vocab
COPY --from=front /front/app/static/npm ./app/static/npm
RUN pip install --no-cache-dir '.[postgresql]' && useradd --create-home suishu && install -d -o suishu /data
USER suishu
ENV SUISHU_HOME=/data
EXPOSE 8080
CMD ["suishu", "serve", "--host", "0.0.0.0", "--port", "8080"]
