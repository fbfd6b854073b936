/**
 * One client of MongoDB, as every adapter of it needs it: what was acknowledged is on the journals of a majority, what was read is
 * never rolled back, and a server that is gone, hangs or elects ends in an outage within a named time.
 */
import { MongoClient, type Db, type MongoClientOptions } from 'mongodb';
import { Outage } from '../outage.ts';
import { isOutage } from './outages.ts';

export type MongoTlsOptions = Pick<
  MongoClientOptions,
  'tls' | 'tlsCAFile' | 'tlsCertificateKeyFile' | 'tlsCertificateKeyFilePassword' | 'tlsAllowInvalidHostnames' | 'tlsAllowInvalidCertificates'
>;

/**
 * `url`: hosts, replica set, credentials and the database, which is `tidings` where it names none. Durability and consistency are
 * never the URL's. `name`: what the server's log and `currentOp` call this client.
 */
export type MongoOptions = {
  readonly url: string;
  readonly name: string;
  readonly tls?: MongoTlsOptions;
  /** In place of the URL's, which also is where its credentials are looked up. */
  readonly database?: string;
  /** Most connections of this process, to each server. */
  readonly poolMax?: number;
  readonly connectTimeoutMs?: number;
  /** How long an operation waits for a primary, and for a connection of the pool, each. */
  readonly selectionTimeoutMs?: number;
  /** How long an answer may take, over all tries of the driver. */
  readonly answerTimeoutMs?: number;
};

const POOL_MAX = 50;
const CONNECT_TIMEOUT_MS = 5_000;
/** Longer than most elections, so that they are waited for and not told. */
const SELECTION_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 10_000;
const HEARTBEAT_MS = 2_000;
const OWN_OPTIONS: ReadonlySet<string> = new Set(
  ['w', 'journal', 'j', 'wtimeoutMS', 'readConcernLevel', 'readPreference', 'readPreferenceTags', 'maxStalenessSeconds', 'retryReads', 'retryWrites'].map(
    (option) => option.toLowerCase(),
  ),
);
const DATABASE = 'tidings';

/** The error of `connectMongo` for a server that can't be reached. An adapter's calls throw their own port's. */
export class MongoUnavailable extends Outage {
  override readonly name = 'MongoUnavailable';
}

export type OutageClass = new (message: string, options: ErrorOptions) => Outage;

export type MongoConnection = AsyncDisposable & {
  readonly client: MongoClient;
  readonly database: Db;
  /** What the work answers; within `answerTimeoutMs` or as an outage of this class. Any error that isn't an outage passes. */
  answer<Answer>(Unavailable: OutageClass, work: () => Promise<Answer>): Promise<Answer>;
};

/** Rejects with `MongoUnavailable`, and for a server that has no transactions with an error that says what to do. */
export async function connectMongo(options: MongoOptions): Promise<MongoConnection> {
  const { selectionTimeoutMs = SELECTION_TIMEOUT_MS, answerTimeoutMs = ANSWER_TIMEOUT_MS, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  const client = new MongoClient(withoutOwnOptions(options.url), {
    ...options.tls,
    appName: options.name,
    maxPoolSize: options.poolMax ?? POOL_MAX,
    connectTimeoutMS: connectTimeoutMs,
    serverSelectionTimeoutMS: selectionTimeoutMs,
    waitQueueTimeoutMS: selectionTimeoutMs,
    socketTimeoutMS: answerTimeoutMs,
    heartbeatFrequencyMS: HEARTBEAT_MS,
    readConcern: { level: 'majority' },
    writeConcern: { w: 'majority', journal: true },
    readPreference: 'primary',
    retryReads: true,
    retryWrites: true,
  });
  const answer = <Answer>(Unavailable: OutageClass, work: () => Promise<Answer>) => answerWithin(answerTimeoutMs, Unavailable, work);
  try {
    await answer(MongoUnavailable, () => refuseStandalone(client));
  } catch (error) {
    await client.close();
    throw error;
  }
  return { client, database: client.db(options.database ?? databaseOf(options.url)), answer, [Symbol.asyncDispose]: () => client.close() };
}

/** A member of a replica set, or a router of a sharded cluster: the others have no transactions. */
async function refuseStandalone(client: MongoClient): Promise<void> {
  const hello = await client.db('admin').command({ hello: 1 });
  if (hello['setName'] !== undefined || hello['msg'] === 'isdbgrid') return;
  throw new Error('This MongoDB stands alone and has no transactions. Start it as a replica set, which may have one member: mongod --replSet, rs.initiate().');
}

/** The driver's own time-outs are one after the other, and it may try twice. */
async function answerWithin<Answer>(timeoutMs: number, Unavailable: OutageClass, work: () => Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unavailable(`no answer of MongoDB within ${timeoutMs} ms`, {})), timeoutMs);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    throw isOutage(error) ? new Unavailable(`MongoDB can’t be reached, or doesn’t answer: ${error.message}`, { cause: error }) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** The driver would let these win over what it is given. */
function withoutOwnOptions(url: string): string {
  const [hosts = '', query = ''] = url.split('?', 2);
  const parameters = query.split('&').filter((parameter) => !OWN_OPTIONS.has(parameter.split('=', 1)[0]?.toLowerCase() ?? ''));
  return `${hosts}${parameters.some((parameter) => parameter !== '') ? '?' : ''}${parameters.join('&')}`;
}

/** The driver's default would be `test`. */
function databaseOf(url: string): string {
  const [, name = ''] = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]*)/.exec(url) ?? [];
  return name === '' ? DATABASE : decodeURIComponent(name);
}
