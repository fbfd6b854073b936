/** One app of `firebase-admin` for each project that messages go out in, on the credentials of one account. */
import { randomUUID } from 'node:crypto';
import { deleteApp, initializeApp, type App } from 'firebase-admin/app';
import { getMessaging, type Messaging } from 'firebase-admin/messaging';
import { RedirectableAgent } from '../redirectable-agent.ts';
import type { VendorOptions } from '../vendor-https.ts';
import { openAccessTokens } from './access-token.ts';
import type { FcmAccount } from './account.ts';

/** Requests under way to one account; more wait within their deadlines. */
const CONNECTIONS_MAX = 64;
/** Shorter than Google leaves connections open (4 minutes): one that it closes under a request makes that request's outcome unknown. */
const IDLE_MAX_MS = 30_000;
/** The app that was made first is given up for one more. */
const PROJECTS_MAX = 100;

export type FcmProjects = AsyncDisposable & {
  messagingOf(project: string): Messaging;
  /** The next message asks for an access token again: a cached one is good for an hour, whatever Google thinks of it since. */
  forgetTokens(): Promise<void>;
};

/** Throws where the account's key can't be read. */
export function openFcmProjects(account: FcmAccount, options: VendorOptions): FcmProjects {
  const tokens = openAccessTokens(account, options);
  const agent = new RedirectableAgent({ keepAlive: true, maxSockets: CONNECTIONS_MAX, timeout: IDLE_MAX_MS }, options.connect);
  const apps = new Map<string, App>();

  const open = (project: string): App => {
    // The SDK keeps apps by name, for the whole process.
    return initializeApp({ credential: tokens.credential, projectId: project, httpAgent: agent }, `${account.name}-${project}-${randomUUID()}`);
  };
  const close = async (closing: Iterable<App>): Promise<void> => {
    await Promise.allSettled([...closing].map(deleteApp));
  };

  return {
    messagingOf: (project) => {
      const known = apps.get(project);
      if (known !== undefined) return getMessaging(known);
      const [oldest] = apps;
      if (oldest !== undefined && apps.size >= PROJECTS_MAX) {
        apps.delete(oldest[0]);
        void close([oldest[1]]);
      }
      const app = open(project);
      apps.set(project, app);
      return getMessaging(app);
    },
    forgetTokens: async () => {
      tokens.forget();
      const closing = [...apps.values()];
      apps.clear();
      await close(closing);
    },
    [Symbol.asyncDispose]: async () => {
      await close(apps.values());
      await tokens[Symbol.asyncDispose]();
      agent.destroy();
    },
  };
}
