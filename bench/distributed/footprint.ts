/** What work leaves behind: bytes in the log by category of stream, and in MongoDB by collection. */
import { BSON, type Db } from 'mongodb';
import type { EventLog, Position } from '../../ports/event-log/port.ts';
import type { Report } from './report.ts';
import type { BenchSystem } from './system.ts';

/** An event’s id, its numbers and its index entry, beside the bytes of its names, data and metadata. */
const EVENT_OVERHEAD_BYTES = 16 + 24 + 40;

type Bytes = ReadonlyMap<string, number>;
export type Footprint = { readonly heads: ReadonlyMap<string, Position | undefined>; readonly mongodb: Bytes };

/** Documents as BSON, without indexes and before compression. */
export async function readFootprint({ adapters: { log }, database }: BenchSystem): Promise<Footprint> {
  const heads = await Promise.all(log.logs.map(async (one) => [one, await log.head(one)] as const));
  return { heads: new Map(heads), mongodb: await bytesInMongo(database) };
}

type Work = { readonly id: string; readonly name: string; readonly units: number };

export async function tellFootprint(report: Report, system: BenchSystem, before: Footprint, { id, name, units }: Work): Promise<void> {
  const inLog = await bytesSince(system.adapters.log, before.heads);
  const after = await bytesInMongo(system.database);
  const inMongo = new Map([...after].map(([collection, bytes]) => [collection, bytes - (before.mongodb.get(collection) ?? 0)]));
  report.unitCost(`${id}.log-bytes`, sumOf(inLog) / units);
  report.unitCost(`${id}.mongodb-bytes`, sumOf(inMongo) / units);
  report.progress(`bytes ${name}: log ${tell(inLog, units)}; MongoDB ${tell(inMongo, units)}`);
}

const sumOf = (bytes: Bytes): number => bytes.values().reduce((sum, some) => sum + some, 0);

function tell(bytes: Bytes, units: number): string {
  const largest = [...bytes].filter(([, some]) => some / units >= 1).sort(([, one], [, other]) => other - one);
  return `${Math.round(sumOf(bytes) / units)} (${largest.map(([name, some]) => `${name} ${Math.round(some / units)}`).join(', ')})`;
}

async function bytesSince(log: EventLog, heads: Footprint['heads']): Promise<Bytes> {
  const sums = new Map<string, number>();
  for (const [one, head] of heads) {
    for await (const event of log.readAll(one, head === undefined ? {} : { from: head })) {
      if (event.position === head) continue;
      const [category = ''] = event.stream.split('-', 1);
      const bytes = event.data.length + event.metadata.length + event.type.length + event.stream.length + EVENT_OVERHEAD_BYTES;
      sums.set(category, (sums.get(category) ?? 0) + bytes);
    }
  }
  return sums;
}

async function bytesInMongo(database: Db): Promise<Bytes> {
  const sums = new Map<string, number>();
  for (const { name } of await database.listCollections({}, { nameOnly: true }).toArray()) {
    let bytes = 0;
    for await (const document of database.collection(name).find()) bytes += BSON.calculateObjectSize(document);
    sums.set(name, bytes);
  }
  return sums;
}
