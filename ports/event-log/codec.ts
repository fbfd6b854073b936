/**
 * Between the domain's events and the log's bytes: JSON, with every personal field sealed under its subject's key
 * (AES-256-GCM, NIST SP 800-38D, a random 96-bit nonce). Without the key a field decodes as erased. Old versions are upcast here.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { sealing, type TidingsEvent } from '../../domain/events.ts';
import { erased, type Metadata, type Recorded, type Sealing } from '../../domain/shared/event.ts';
import { upcast } from '../../domain/upcast.ts';
import type { Keyring, SubjectKey } from './keyring.ts';
import type { NewEvent, StoredEvent } from './port.ts';
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
};

export function createCodec(keyring: Keyring): Codec {
  const sealedTexts = rememberSealedTexts();
  const decodeAll: Codec['decodeAll'] = async (stored) => {
    const parsed = stored.map(parse);
    for (const event of parsed) if (!(event instanceof Undecodable) && event.type === 'people.person-erased.v1') keyring.markErased(event.key);
    const keys = await keyring.openingKeysOf(parsed.flatMap((event) => (event instanceof Undecodable ? [] : Object.keys(event.metadata.keys ?? {}))));
    return parsed.map((event) => (event instanceof Undecodable ? event : unseal(event, keys, sealedTexts)));
  };

  return {
    encode: async (stream, { id, event, metadata }) => {
      const { data, keys } = await seal(keyring, sealedTexts, { id, stream, event });
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
  };
}

/** `channel-7` is of category `channel` with the key `7`. */
export const keyOfStream = (stream: string): string => stream.slice(stream.indexOf('-') + 1);

async function seal(
  keyring: Keyring,
  sealedTexts: SealedTexts,
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
    const sealed = sealValue(key, id, value);
    sealedTexts.remember(sealed, { eventId: id, keyId, value });
    data[field] = { $sealed: sealed, $by: subject };
    keys[subject] = keyId;
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

function unseal(event: Recorded<TidingsEvent>, keys: ReadonlyMap<string, SubjectKey>, sealedTexts: SealedTexts): Recorded<TidingsEvent> | Undecodable {
  if (event.metadata.keys === undefined) return event;
  const data: Record<string, unknown> = { ...event.data };
  try {
    for (const field of Object.keys(sealing[event.type] as Sealing)) {
      const value = data[field];
      if (!isSealed(value)) continue;
      const key = keys.get(value.$by);
      data[field] =
        key === undefined || key.keyId !== event.metadata.keys[value.$by]
          ? erased
          : (sealedTexts.find(value.$sealed, { eventId: event.id, keyId: key.keyId }) ?? openValue(key.key, event.id, value.$sealed));
    }
  } catch (error) {
    return new Undecodable(`${event.stream}@${event.revision}: a sealed field does not open`, { cause: error });
  }
  return { ...event, data } as Recorded<TidingsEvent>;
}

const isSealed = (value: unknown): value is { readonly $sealed: string; readonly $by: string } =>
  typeof value === 'object' && value !== null && '$sealed' in value;

function openValue(key: Uint8Array, eventId: string, sealed: string): unknown {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(eventId))
    .setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  return JSON.parse(decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES), undefined, 'utf8') + decipher.final('utf8'));
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
