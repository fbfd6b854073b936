/** What the steps of a tour share: its people, how they call the APIs and the gateway, and how a step is counted and reported. */
import { setTimeout as sleep } from 'node:timers/promises';
import { v5 } from 'uuid';
import { callApi, type Addresses, type ApiResponse, type RequestOptions } from '../client/call-api.ts';
import { expectStatus, pollUntil } from '../client/expectations.ts';
import { openGatewaySocket, type Frame, type GatewaySocket } from '../client/gateway-socket.ts';

export type TourOptions = {
  /** Called before every request: a server that was killed comes back on other ports. */
  readonly addresses: () => Promise<Addresses>;
  readonly adminToken: string;
  /** Makes the login names and idempotency keys of this run its own. */
  readonly run: string;
  /** Called after each step with a line that describes it. */
  readonly onStep: (line: string) => void;
  /** Called before each step; a test kills the server here and there. */
  readonly beforeStep?: (step: number) => Promise<void>;
};

export type Person = { readonly name: string; readonly loginName: string; id: string; token: string };
export type People = { readonly ann: Person; readonly bob: Person; readonly cleo: Person };

export type TourContext = {
  readonly run: string;
  readonly adminToken: string;
  readonly addresses: () => Promise<Addresses>;
  readonly people: People;
  readonly stepCount: () => number;
  readonly step: <Result>(line: string, act: () => Promise<Result>) => Promise<Result>;
  readonly write: (path: string, options: RequestOptions) => Promise<ApiResponse>;
  readonly read: (path: string, options?: RequestOptions) => Promise<ApiResponse>;
  /** The same name gives the same idempotency key throughout a run. */
  readonly keyFor: (name: string) => string;
  readonly logIn: (person: Person) => Promise<ApiResponse>;
  /** Resumes the device from its cursors; tries until it is welcomed. */
  readonly connect: (person: Person, device: string, cursors?: Readonly<Record<string, number>>) => Promise<Connected>;
};

export type Connected = { readonly socket: GatewaySocket; readonly welcome: Frame };

export const PASSWORD = 'correct horse battery staple';
/** Statuses of a command that was carried out, the second time too. */
export const DONE = [200, 201];
const RUN_NAMESPACE = '0b7a9e0a-94f6-5d39-8f0c-2f1d7c4d9a55';
const WAIT_MAX_MS = 60_000;
const CONNECT_FOR_MS = 60_000;
const RECONNECT_MS = 150;

export const authorizationOf = ({ token }: Pick<Person, 'token'>) => ({ authorization: `Bearer ${token}` });
export const waitUntil = (condition: string, isTrue: () => Promise<boolean>): Promise<void> => pollUntil(condition, isTrue, WAIT_MAX_MS);

export function createTourContext({ addresses, adminToken, run, onStep, beforeStep }: TourOptions): TourContext {
  let steps = 0;
  const newPerson = (name: string): Person => ({ name, loginName: `${name.toLowerCase()}-${run}`, id: '', token: '' });
  const write: TourContext['write'] = (path, options) => callApi(async () => (await addresses()).write, path, { method: 'POST', ...options });
  const logIn = async ({ loginName }: Person) => expectStatus([201], await write('/v1/sessions', { body: { loginName, password: PASSWORD } }));
  return {
    run,
    adminToken,
    addresses,
    people: { ann: newPerson('Ann'), bob: newPerson('Bob'), cleo: newPerson('Cleo') },
    stepCount: () => steps,
    step: async (line, act) => {
      await beforeStep?.(steps);
      const result = await act();
      steps++;
      onStep(`${String(steps).padStart(2)}. ${line}`);
      return result;
    },
    write,
    read: (path, options = {}) => callApi(async () => (await addresses()).read, path, options),
    keyFor: (name) => v5(name, v5(run, RUN_NAMESPACE)),
    logIn,
    connect: async (person, device, cursors = {}) => {
      const giveUpAt = Date.now() + CONNECT_FOR_MS;
      for (;;) {
        try {
          const session = await logIn(person);
          const socket = await openGatewaySocket(String(session.body['gateway']));
          socket.send({ type: 'hello', token: person.token, device, cursors });
          const welcome = await socket.waitForFrame((frame) => frame.type === 'welcome');
          if (welcome !== undefined) return { socket, welcome };
        } catch (error) {
          if (Date.now() > giveUpAt) throw error;
        }
        await sleep(RECONNECT_MS);
      }
    },
  };
}
