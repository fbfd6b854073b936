# Tidings, of any role: `docker build -t tidings .`, then `docker run -e TIDINGS_PROFILE=distributed -e TIDINGS_ROLES=read-api … tidings`.
# Node runs the source as it is; there is nothing to build.

# The version of the package `node` in package.json.
FROM node:26.10.0-bookworm-slim AS packages
WORKDIR /tidings
COPY package.json package-lock.json ./
# The image brings Node: the package `node`, which brings another one, is taken out again. The native modules come compiled, without scripts.
RUN npm install --omit=dev --ignore-scripts --no-audit --no-fund --no-update-notifier \
    && rm -rf node_modules/node node_modules/.bin/node node_modules/node-bin-* node_modules/.cache

FROM node:26.10.0-bookworm-slim
ENV NODE_ENV=production \
    TIDINGS_HOST=0.0.0.0 \
    TIDINGS_LOG_FORMAT=json
WORKDIR /tidings
COPY --from=packages /tidings/node_modules node_modules
COPY . .
# Posters and durations of videos; and where a volume for pictures may be mounted, for whoever runs.
RUN apt-get update && apt-get install --yes --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/* && install --directory --owner=node /media
# Owned by root and run by another: no process can change what it runs.
USER node
# write-api, read-api, gateway, operations
EXPOSE 8080 8081 8082 8083 8084
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:8084/health/live').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# In exec form: SIGTERM arrives at Node itself. The flags are explained in docs/operating.md, under “Starting”.
ENTRYPOINT ["node", "--max-semi-space-size=32", "--initial-old-space-size=256", "app/main.ts"]
