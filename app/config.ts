/** The configuration: environment variables that begin with TIDINGS_, read once by one schema. Flags beat the environment. */
import { z } from 'zod';
import { JOB_DELAY_MAX_MS } from '../ports/job-queue/port.ts';

export const ROLES = ['write-api', 'read-api', 'gateway', 'projections', 'workers', 'event-store'] as const;
export type Role = (typeof ROLES)[number];

const CONNECTION_STRINGS = 'EventStoreDB connection strings that begin with esdb:// or esdb+discover://, separated by commas';
const PORT_MAX = 65_535;
/** A longer wait than a timer can be set for would be over at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;
const SECOND_MS = 1_000;

const PORT = `a port number from 0 to ${PORT_MAX}`;
const port = (usual: number) => z.string(PORT).regex(/^\d+$/, PORT).transform(Number).pipe(z.number().max(PORT_MAX, PORT)).default(usual);
const duration = (usual: number, { unit, max }: { readonly unit: string; readonly max: number }) => {
  const expected = `a whole number of ${unit} from 1 to ${max}`;
  return z.string(expected).regex(/^\d+$/, expected).transform(Number).pipe(z.number().min(1, expected).max(max, expected)).default(usual);
};
const list = (what: string) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((parts) => parts.every((part) => part !== ''), what);

export const schema = z.object({
  /** `embedded`: everything in one process. `distributed`: EventStoreDB, MongoDB, Redis, Bull. */
  TIDINGS_PROFILE: z.enum(['embedded'], 'embedded').default('embedded'),
  TIDINGS_ROLES: list(`some of ${ROLES.join(', ')}`)
    .pipe(z.array(z.enum(ROLES, `some of ${ROLES.join(', ')}`)))
    .optional(),
  TIDINGS_DATA: z.string().min(1, 'a folder').default('./data'),
  TIDINGS_HOST: z.string().min(1, 'an address to listen on').default('127.0.0.1'),
  TIDINGS_WRITE_PORT: port(8081),
  TIDINGS_READ_PORT: port(8082),
  TIDINGS_GATEWAY_PORT: port(8083),
  TIDINGS_OPS_PORT: port(8084),
  TIDINGS_EVENT_STORE_PORT: port(2113),
  /** Of the front that the role event-store serves. `insecure`: no encryption, and everyone may do everything. */
  TIDINGS_EVENT_STORE_TLS: z.enum(['on', 'insecure'], 'on or insecure').default('on'),
  /** The password of its users, `admin` and `ops`. */
  TIDINGS_EVENT_STORE_PASSWORD: z.string().min(1, 'a password').default('changeit'),
  /** As little remembers the front as the real server does. */
  TIDINGS_EVENT_STORE_FORGETFUL: z.enum(['yes', 'no'], 'yes or no').default('no'),
  /** EventStoreDB connection strings, one a cluster; the embedded store where it is absent. */
  TIDINGS_EVENTSTORE_URLS: list(CONNECTION_STRINGS)
    .refine((urls) => urls.every((url) => /^esdb(\+discover)?:\/\//.test(url)), CONNECTION_STRINGS)
    .optional(),
  /** What clients are told to connect to, where it is not the address that is listened on. */
  TIDINGS_GATEWAY_URL: z.url({ protocol: /^wss?$/, error: 'a ws:// or wss:// address' }).optional(),
  TIDINGS_REGION: z.string().min(1, 'a name').default('local'),
  TIDINGS_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'fatal, error, warn, info, debug or silent').default('info'),
  TIDINGS_STOP_DEADLINE_SECONDS: duration(20, { unit: 'seconds', max: Math.floor(TIMER_MAX_MS / SECOND_MS) }),
  /** How long a recipient's devices have to acknowledge a message before a push is sent. */
  TIDINGS_CHAT_PUSH_AFTER_MS: duration(10_000, { unit: 'milliseconds', max: JOB_DELAY_MAX_MS }),
  /** Whoever knows it is the operator, and may register apps. Where it is absent one is made, and left in the file `admin-token` of the data folder. */
  TIDINGS_ADMIN_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,}$/, 'at least 16 visible ASCII characters, none of them a space')
    .optional(),
});

/** A fault does not repeat what stands there: it is a secret, or has one in it. */
const SECRETS: ReadonlySet<string> = new Set([
  'TIDINGS_ADMIN_TOKEN',
  'TIDINGS_EVENT_STORE_PASSWORD',
  'TIDINGS_EVENTSTORE_URLS',
] satisfies (keyof typeof schema.shape)[]);

export type Config = {
  readonly profile: 'embedded';
  readonly roles: readonly Role[];
  readonly dataFolder: string;
  readonly host: string;
  readonly ports: { readonly write: number; readonly read: number; readonly gateway: number; readonly ops: number; readonly eventStore: number };
  readonly eventStoreUrls: readonly string[];
  readonly eventStore: { readonly tls: 'on' | 'insecure'; readonly password: string; readonly forgetful: boolean };
  readonly gatewayUrl: string | undefined;
  readonly region: string;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  readonly stopDeadlineMs: number;
  readonly chatPushAfterMs: number;
  readonly adminToken: string | undefined;
};

/** Every fault at once, each with the variable's name and what was expected. */
export class ConfigFaults extends Error {
  override readonly name = 'ConfigFaults';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/** Throws `ConfigFaults`. */
export function configFrom(environment: Readonly<Record<string, string | undefined>>): Config {
  const known = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name.startsWith('TIDINGS_') && !name.startsWith('TIDINGS_TEST_') && value !== ''),
  );
  const unknown = Object.keys(known).filter((name) => !(name in schema.shape));
  const parsed = schema.safeParse(known);
  const faults = [
    ...unknown.map((name) => `${name}: there is no such setting`),
    ...(parsed.error?.issues ?? []).map(({ path: [name], message }) => {
      const got = SECRETS.has(String(name)) ? 'something else' : JSON.stringify(known[String(name)]);
      return `${String(name)}: expected ${message}, got ${got}`;
    }),
  ];
  if (!parsed.success || faults.length > 0) throw new ConfigFaults(faults);
  const settings = parsed.data;
  return {
    profile: settings.TIDINGS_PROFILE,
    roles: settings.TIDINGS_ROLES ?? ROLES.filter((role) => role !== 'event-store'),
    dataFolder: settings.TIDINGS_DATA,
    host: settings.TIDINGS_HOST,
    ports: {
      write: settings.TIDINGS_WRITE_PORT,
      read: settings.TIDINGS_READ_PORT,
      gateway: settings.TIDINGS_GATEWAY_PORT,
      ops: settings.TIDINGS_OPS_PORT,
      eventStore: settings.TIDINGS_EVENT_STORE_PORT,
    },
    eventStoreUrls: settings.TIDINGS_EVENTSTORE_URLS ?? [],
    eventStore: {
      tls: settings.TIDINGS_EVENT_STORE_TLS,
      password: settings.TIDINGS_EVENT_STORE_PASSWORD,
      forgetful: settings.TIDINGS_EVENT_STORE_FORGETFUL === 'yes',
    },
    gatewayUrl: settings.TIDINGS_GATEWAY_URL,
    region: settings.TIDINGS_REGION,
    logLevel: settings.TIDINGS_LOG_LEVEL,
    stopDeadlineMs: settings.TIDINGS_STOP_DEADLINE_SECONDS * SECOND_MS,
    chatPushAfterMs: settings.TIDINGS_CHAT_PUSH_AFTER_MS,
    adminToken: settings.TIDINGS_ADMIN_TOKEN,
  };
}
