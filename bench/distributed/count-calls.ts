/**
 * Loaded by `--import` into each process of the cluster under measurement: counts its calls of the event store and of MongoDB, and
 * writes the counts into the file that BENCH_CALLS_FILE names, once a second where they have changed.
 */
import { writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import { syncBuiltinESMExports } from 'node:module';
import { ClientSession, Collection } from 'mongodb';

const WRITTEN_EVERY_MS = 1_000;
const file = process.env['BENCH_CALLS_FILE'];
const counts = new Map<string, number>();
let hasChanged = true;

const count = (what: string): void => {
  counts.set(what, (counts.get(what) ?? 0) + 1);
  hasChanged = true;
};

/** The names of gRPC's methods: `Read` is a read or a subscription, by the server. */
const connect = http2.connect.bind(http2) as (...args: readonly unknown[]) => http2.ClientHttp2Session;
http2.connect = ((...args: readonly unknown[]) => {
  const session = connect(...args);
  const request = session.request.bind(session);
  session.request = (headers, options) => {
    const path = headers !== undefined && !Array.isArray(headers) ? String((headers as http2.OutgoingHttpHeaders)[':path']) : '';
    count(`log ${path.split('/').at(-1) ?? ''}`);
    return request(headers, options);
  };
  return session;
}) as typeof http2.connect;
syncBuiltinESMExports();

const COUNTED = {
  'mongodb read': ['find', 'aggregate', 'countDocuments'],
  'mongodb write': ['insertOne', 'insertMany', 'updateOne', 'updateMany', 'replaceOne', 'deleteOne', 'deleteMany', 'bulkWrite', 'findOneAndUpdate'],
};

function countCalls(prototype: object, method: string, what: string): void {
  const methods = prototype as Record<string, (...args: unknown[]) => unknown>;
  const original = methods[method];
  if (original === undefined) throw new Error(`The driver has no ${method}.`);
  methods[method] = function (this: unknown, ...args: unknown[]) {
    count(what);
    return original.apply(this, args);
  };
}

for (const [what, methods] of Object.entries(COUNTED)) for (const method of methods) countCalls(Collection.prototype, method, what);
countCalls(ClientSession.prototype, 'commitTransaction', 'mongodb commit');

if (file !== undefined)
  setInterval(() => {
    if (!hasChanged) return;
    hasChanged = false;
    writeFileSync(file, JSON.stringify(Object.fromEntries(counts)));
  }, WRITTEN_EVERY_MS).unref();
