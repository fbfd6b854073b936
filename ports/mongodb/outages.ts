/** Which errors of the driver say that the server is gone, hangs, elects or is overloaded, and nothing about what was asked of it. */
import {
  MongoClientClosedError,
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerSelectionError,
  MongoStalePrimaryError,
  MongoTopologyClosedError,
} from 'mongodb';

/** What is closed while something is asked says as little about it as what is gone. */
const OUTAGES = [
  MongoNetworkError,
  MongoServerSelectionError,
  MongoOperationTimeoutError,
  MongoStalePrimaryError,
  MongoClientClosedError,
  MongoTopologyClosedError,
  MongoNotConnectedError,
];
/** The driver doesn't export this one's class. */
const POOL_EXHAUSTED = 'MongoWaitQueueTimeoutError';

/** The server's codes (`error_codes.yml` of its source), by what happens. */
const OUTAGE_CODES: ReadonlySet<number> = new Set(
  [
    [6, 7, 89, 9001], // another host of it is unreachable, unknown or slow
    [91, 11600, 11602], // it shuts down, or steps down
    [189, 10058, 10107, 13435, 13436], // it isn't the primary, or no member that may answer
    [63, 150, 13388], // a router that has to learn where a shard is
    [50, 202, 262], // time-outs of the server's own
    [24, 46], // a lock that was too long in coming
    [64, 79, 100, 133, 134], // no majority
    [14031, 39], // no space on its disk
    [43, 246, 251], // a cursor, a snapshot or a transaction that the server has forgotten: it was restarted, or took too long
    [13, 18, 391], // it lets nobody in: nobody who asks is to blame for the credentials
  ].flat(),
);
const OUTAGE_LABELS = ['RetryableWriteError', 'SystemOverloadedError', 'UnknownTransactionCommitResult', 'ResetPool'];

/** A socket that the server has just closed fails by itself where the driver has not noticed yet, with an error that isn't the driver's. */
const SOCKET_CODES: ReadonlySet<unknown> = new Set(['EPIPE', 'ECONNRESET', 'ECONNABORTED', 'ETIMEDOUT', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

export function isOutage(error: unknown): error is Error {
  if (!(error instanceof MongoError)) return error instanceof Error && 'code' in error && SOCKET_CODES.has(error.code);
  if (error.name === POOL_EXHAUSTED || OUTAGES.some((outage) => error instanceof outage)) return true;
  return OUTAGE_CODES.has(Number(error.code)) || OUTAGE_LABELS.some((label) => error.hasErrorLabel(label));
}

export const DUPLICATE_KEY = 11_000;
export const WRITE_CONFLICT = 112;
