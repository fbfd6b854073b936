/**
 * Between the domain's events and the log's bytes: JSON, with every personal field sealed under its subject's key
 * (AES-256-GCM, NIST SP 800-38D, a random 96-bit nonce). Without the key a field decodes as erased; so does one whose time has come,
 * whether its key is destroyed by then or not. Old versions are upcast here.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ending, sealing, type TidingsEvent } from '../../domain/events.ts';
import { erased, type Metadata, type Recorded, type Sealing } from '../../domain/shared/event.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { upcast } from '../../domain/upcast.ts';
import type { Keyring } from './keyring.ts';
import type { NewEvent, StoredEvent } from './port.ts';
import type { DayKey, DayOfRatchet, SubjectKey } from './ratchets.ts';
import { rememberSealedTexts, type SealedTexts } from './sealed-texts.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Drawn together, because one draw costs as much as sealing a short text. */
const NONCES_DRAWN = 256;

/** The bytes of an event don't have the form of the log's events, or its type is unknown. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable';
}

export type EventToEncode = { readonly id: string; readonly event: TidingsEvent; readonly metadata: Omit<Metadata, 'keys'> };

export type Codec = {
  /** Keys are durable in the vault when this resolves. Throws `SubjectErased` for a subject that was erased. */
  encode(stream: string, event: EventToEncode): Promise<NewEvent>;
  decode(stored: StoredEvent): Promise<Recorded<TidingsEvent>>;
  /** Of an event of any type, whose data stays sealed. Throws `Undecodable`. */
  metadataOf(stored: StoredEvent): Metadata;
  /** An event that can't be decoded comes as an error in its place, so that one bad event doesn't hide the others. */
  decodeAll(stored: readonly StoredEvent[]): Promise<readonly (Recorded<TidingsEvent> | Undecodable)[]>;
  /** The same without opening anything, for who may not see what is personal: a field that could be opened is `sealed`. */
  decodeSealed(stored: readonly StoredEvent[]): Promise<readonly (Recorded | Undecodable)[]>;
};

/** Stands in for a personal field that was not opened. */
export const sealed = Object.freeze({ sealed: true });

/** `clock`: of the day, by which texts end. */
export function createCodec(keyring: Keyring, clock: () => Instant): Codec {
  const sealedTexts = rememberSealedTexts();
  const decodeBy = async (open: OpenField, stored: readonly StoredEvent[]): ReturnType<Codec['decodeAll']> => {
    const parsed = stored.map(parse);
    for (const event of parsed) if (!(event instanceof Undecodable) && event.type === 'people.person-erased.v1') keyring.markErased(event.key);
    const keys = await keyring.openingKeysOf(parsed.flatMap((event) => (event instanceof Undecodable ? [] : Object.keys(event.metadata.keys ?? {}))));
    const now = clock();
    const days = await openingDays(keyring, parsed, now);
    return parsed.map((event) => (event instanceof Undecodable ? event : unseal(event, { keys, days, sealedTexts, now, open })));
  };
  const decodeAll = (stored: readonly StoredEvent[]) => decodeBy(openField, stored);

  return {
    encode: async (stream, { id, event, metadata }) => {
      const { data, keys } = await seal({ keyring, sealedTexts, clock }, { id, stream, event });
      return {
        id,
        type: event.type,
        data: Buffer.from(JSON.stringify(data)),
        metadata: Buffer.from(JSON.stringify(keys === undefined ? metadata : { ...metadata, keys })),
      };
    },
    decode: async (stored) => {
      const [event] = await decodeAll([stored]);
      if (event === undefined || event instanceof Undecodable) throw event ?? new Undecodable(stored.stream);
      return event;
    },
    metadataOf: (stored) => {
      try {
        return parseMetadata(stored);
      } catch (error) {
        throw undecodable(stored, error);
      }
    },
    decodeAll,
    decodeSealed: (stored) => decodeBy(leaveSealed, stored),
  };
}

/** `channel-7` is of category `channel` with the key `7`. */
export const keyOfStream = (stream: string): string => stream.slice(stream.indexOf('-') + 1);

async function seal(
  { keyring, sealedTexts, clock }: { readonly keyring: Keyring; readonly sealedTexts: SealedTexts; readonly clock: () => Instant },
  { id, stream, event }: { readonly id: string; readonly stream: string; readonly event: TidingsEvent },
) {
  const personal = Object.entries(sealing[event.type] as Sealing);
  if (personal.length === 0) return { data: event.data };
  const data: Record<string, unknown> = { ...event.data };
  const keys: Record<string, string> = {};
  for (const [field, subjectField] of personal) {
    if (data[field] === undefined) continue;
    const subject = subjectField === '$key' ? keyOfStream(stream) : String(data[subjectField]);
    const { keyId, key } = await keyring.sealingKeyOf(subject);
    const value = data[field];
    const until = endOf(event, field);
    keys[subject] = keyId;
    if (until === undefined) {
      const sealed = sealValue(key, id, value);
      sealedTexts.remember(sealed, { eventId: id, keyId, value });
      data[field] = { $sealed: sealed, $by: subject } satisfies SealedValue;
    } else {
      const day = await keyring.ratchets.sealingKeyOf(channelOf(event), { now: clock(), until });
      data[field] = { $sealed: sealValue(day.with({ keyId, key }), id, value), $by: subject, $ratchet: day.ratchet, $day: day.day } satisfies SealedValue;
    }
  }
  return { data, keys };
}

function sealValue(key: Uint8Array, eventId: string, value: unknown): string {
  const nonce = freshNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(eventId));
  return Buffer.concat([nonce, cipher.update(JSON.stringify(value)), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

let nonces = Buffer.alloc(0);
let noncesUsedBytes = 0;

function freshNonce(): Buffer {
  if (noncesUsedBytes === nonces.length) {
    nonces = randomBytes(NONCES_DRAWN * NONCE_BYTES);
    noncesUsedBytes = 0;
  }
  return nonces.subarray(noncesUsedBytes, (noncesUsedBytes += NONCE_BYTES));
}

function parse(stored: StoredEvent): Recorded<TidingsEvent> | Undecodable {
  try {
    const metadata = parseMetadata(stored);
    const { type, data } = upcast(stored.type, JSON.parse(text(stored.data)) as object, metadata);
    if (!(type in sealing)) return new Undecodable(`${stored.stream}@${stored.revision}: ${stored.type} is no event type of Tidings`);
    const { id, stream, revision, position } = stored;
    return { id, type, data, stream, key: keyOfStream(stream), revision, position, metadata } as Recorded<TidingsEvent>;
  } catch (error) {
    return undecodable(stored, error);
  }
}

const parseMetadata = (stored: StoredEvent): Metadata => JSON.parse(text(stored.metadata)) as Metadata;

const undecodable = ({ stream, revision }: StoredEvent, error: unknown): Undecodable =>
  new Undecodable(`${stream}@${revision}: ${String(error)}`, { cause: error });

type Keys = { readonly keys: ReadonlyMap<string, SubjectKey>; readonly days: ReadonlyMap<string, DayKey>; readonly sealedTexts: SealedTexts };
type OpenField = (event: Recorded<TidingsEvent>, value: SealedValue, keys: Keys) => unknown;
type Opening = Keys & { readonly now: Instant; readonly open: OpenField };

function unseal(event: Recorded<TidingsEvent>, opening: Opening): Recorded<TidingsEvent> | Undecodable {
  if (event.metadata.keys === undefined) return event;
  const data: Record<string, unknown> = { ...event.data };
  try {
    for (const field of Object.keys(sealing[event.type] as Sealing)) {
      const value = data[field];
      if (isSealed(value)) data[field] = hasEnded(event, field, opening.now) ? erased : opening.open(event, value, opening);
    }
  } catch (error) {
    return new Undecodable(`${event.stream}@${event.revision}: a sealed field does not open`, { cause: error });
  }
  return { ...event, data } as Recorded<TidingsEvent>;
}

function openField(event: Recorded<TidingsEvent>, value: SealedValue, keys: Keys): unknown {
  const found = keysOf(event, value, keys);
  if (found === undefined) return erased;
  const { key, day } = found;
  if (day !== undefined) return openValue(day.with(key), event.id, value.$sealed);
  return keys.sealedTexts.find(value.$sealed, { eventId: event.id, keyId: key.keyId }) ?? openValue(key.key, event.id, value.$sealed);
}

const leaveSealed: OpenField = (event, value, keys) => (keysOf(event, value, keys) === undefined ? erased : sealed);

/** Undefined: one of them is destroyed. */
function keysOf(event: Recorded<TidingsEvent>, value: SealedValue, { keys, days }: Keys): { readonly key: SubjectKey; readonly day?: DayKey } | undefined {
  const key = keys.get(value.$by);
  if (key === undefined || key.keyId !== event.metadata.keys?.[value.$by]) return undefined;
  const place = dayIn(value);
  if (place === undefined) return { key };
  const day = days.get(nameOfDay(channelOf(event), place));
  return day === undefined ? undefined : { key, day };
}

/** The moment from which on nobody reads this field of the event; undefined where it stays. */
function endOf({ type, data }: TidingsEvent, field: string): Instant | undefined {
  const moment = ending[type]?.[field];
  return moment === undefined ? undefined : ((data as Readonly<Record<string, unknown>>)[moment] as Instant | undefined);
}

function hasEnded(event: TidingsEvent, field: string, now: Instant): boolean {
  const end = endOf(event, field);
  return end !== undefined && end <= now;
}

/** The keys of days that these events were sealed under, as far as they are there, by `nameOfDay`. */
async function openingDays(keyring: Keyring, events: readonly (Recorded<TidingsEvent> | Undecodable)[], now: Instant): Promise<ReadonlyMap<string, DayKey>> {
  const days = new Map<string, DayKey>();
  for (const event of events) {
    if (event instanceof Undecodable) continue;
    for (const field of endingFieldsOf(event)) {
      const value = (event.data as Readonly<Record<string, unknown>>)[field];
      const place = isSealed(value) && !hasEnded(event, field, now) ? dayIn(value) : undefined;
      const channel = channelOf(event);
      if (place === undefined || days.has(nameOfDay(channel, place))) continue;
      const day = await keyring.ratchets.openingKeyOf(channel, place);
      if (day !== undefined) days.set(nameOfDay(channel, place), day);
    }
  }
  return days;
}

/** None where the event stays, as nearly all do. */
function endingFieldsOf(event: TidingsEvent): readonly string[] {
  const fields = ending[event.type];
  return fields === undefined ? [] : Object.keys(fields).filter((field) => endOf(event, field) !== undefined);
}

/** Of an event with a field that ends: whose ratchet it is sealed by, whatever stream it is in. */
const channelOf = ({ data }: TidingsEvent): string => (data as { readonly channel: string }).channel;

const nameOfDay = (channel: string, { ratchet, day }: DayOfRatchet): string => `${channel} ${ratchet} ${day}`;

/** `$ratchet` and `$day`: it is sealed under that day's key as well. */
type SealedValue = { readonly $sealed: string; readonly $by: string; readonly $ratchet?: string; readonly $day?: number };

const dayIn = ({ $ratchet: ratchet, $day: day }: SealedValue): DayOfRatchet | undefined =>
  ratchet === undefined || day === undefined ? undefined : { ratchet, day };

const isSealed = (value: unknown): value is SealedValue => typeof value === 'object' && value !== null && '$sealed' in value;

function openValue(key: Uint8Array, eventId: string, sealed: string): unknown {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(eventId))
    .setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  return JSON.parse(decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES), undefined, 'utf8') + decipher.final('utf8'));
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
