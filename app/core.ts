/** The application core: commands that are decided and appended, on the adapters. */
import { createCommands, type Commands } from '../commands/commands.ts';
import type { CommandsDependencies } from '../commands/handling/dependencies.ts';
import { contextWith, type ContextFor } from '../commands/handling/command-context.ts';
import type { WebAuthnSite } from '../commands/handling/dependencies.ts';
import { createAdmission, type AdmissionConfig, type AdmissionDependencies } from '../commands/moderation/admission.ts';
import { createUploads, type Uploads } from '../commands/media/uploads.ts';
import { createHandling, type CommandHandling } from '../commands/handling/handle.ts';
import { scanRecentCommands } from '../commands/handling/recent-commands.ts';
import type { Instant } from '../domain/shared/instant.ts';
import { isAllowedOrigin } from '../edge/network/origins.ts';
import { createPasswords } from '../edge/auth/passwords.ts';
import type { CacheTallies } from '../ports/cache-tallies.ts';
import type { ToldMessages } from '../ports/broadcast/hints.ts';
import { createToldMessages } from '../ports/broadcast/told-messages.ts';
import { createCodec, type Codec } from '../ports/event-log/codec.ts';
import { openKeyring } from '../ports/event-log/keyring.ts';
import type { Adapters } from './adapters/adapters.ts';
import type { Config } from './config/config.ts';
import { installationSecret } from './data-folder.ts';
import { withCommandTelemetry, type CommandEvent } from './telemetry/command-telemetry.ts';

export type Core = Adapters &
  CommandHandling & {
    readonly codec: Codec;
    readonly commands: Commands;
    readonly contextFor: ContextFor;
    readonly told: ToldMessages;
    readonly clock: () => Instant;
    readonly uploads: Uploads;
    /** Keys the names of objects. */ readonly mediaSecret: Uint8Array;
    /** Keys the names of the terms that messages are searched by. */ readonly searchSecret: Uint8Array;
  };

export type CoreReports = {
  /** Called once for every command. */
  readonly reportCommand?: (event: CommandEvent) => void;
  /** A snapshot couldn't be read or taken: its stream is folded from the start. */
  readonly reportSnapshotFailure?: (error: unknown) => void;
  /** The codec, with its calls counted. */
  readonly counted?: (codec: Codec) => Codec;
  /** Counted by the caches of the core. */
  readonly caches?: CacheTallies;
};

/**
 * `webAuthn`: where keys of people are asked for; absent in a process that logs nobody in. `admission`: absent where people give no commands.
 * `isServing`: commands of people who were connected before the process started are expected. `told`: by default what this process has told.
 */
export type CoreConfig = {
  readonly webAuthn?: WebAuthnSite;
  readonly groups?: CommandsDependencies['groups'];
  readonly messagesKeptSeconds?: CommandsDependencies['messagesKeptSeconds'];
  readonly admission?: CoreAdmission;
  readonly isServing?: true;
  readonly told?: ToldMessages;
};

type CoreAdmission = Pick<AdmissionDependencies, 'contentChecks' | 'onUnavailable'> & AdmissionConfig;

export async function createCore(
  adapters: Adapters,
  clock: () => Instant,
  { reportCommand = () => undefined, reportSnapshotFailure = () => undefined, counted = (codec) => codec, caches }: CoreReports = {},
  { webAuthn, groups, messagesKeptSeconds, admission, isServing, told = createToldMessages() }: CoreConfig = {},
): Promise<Core> {
  const keyring = openKeyring(adapters.vault, undefined, caches);
  const codec = counted(createCodec(keyring, clock));
  const handling = withCommandTelemetry(
    createHandling({
      log: adapters.log,
      codec,
      locks: adapters.locks,
      ...(caches !== undefined && { tally: caches['stream-states'] }),
      // Other processes would each read minutes of a log that is not theirs alone, over the network.
      ...(isServing === true && adapters.eventStore !== undefined && { recentCommands: scanRecentCommands({ log: adapters.log, codec }, clock) }),
      onSnapshotFailure: (stream, error) => reportSnapshotFailure(new Error(`The snapshot of ${stream} failed.`, { cause: error })),
    }),
    reportCommand,
  );
  const commands = createCommands({
    ...adapters,
    told,
    handling,
    codec,
    keyring,
    ...(admission !== undefined && {
      admit: createAdmission(
        {
          ...adapters,
          ...handling,
          codec,
          ...admission,
          ...(caches !== undefined && { tally: caches.registrations }),
          secret: await installationSecret(adapters.vault, 'same-texts'),
        },
        admission,
      ),
    }),
    logins: { passwords: createPasswords(), secret: await installationSecret(adapters.vault, 'login-names'), ...(webAuthn !== undefined && { webAuthn }) },
    ...(groups !== undefined && { groups }),
    messagesKeptSeconds,
  });
  return {
    ...adapters,
    ...handling,
    codec,
    told,
    commands,
    contextFor: contextWith(await installationSecret(adapters.vault, 'request-hashes')),
    clock,
    uploads: createUploads({ store: adapters.media }),
    mediaSecret: await installationSecret(adapters.vault, 'media-keys'),
    searchSecret: await installationSecret(adapters.vault, 'search-terms'),
  };
}

export const webAuthnSiteOf = ({ webAuthn: { rpId, origins } }: Pick<Config, 'webAuthn'>): WebAuthnSite => ({
  rpId,
  isAllowedOrigin: (origin) => isAllowedOrigin(origins, origin),
});
