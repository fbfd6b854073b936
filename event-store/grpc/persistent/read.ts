/** The Read call of PersistentSubscriptions, a consumer's connection: messages go out, acknowledgements come in. */
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { AccessControl } from '../access/acl.ts';
import type { CallContext, Send } from '../calls/calls.ts';
import { accessDenied, groupDropped, groupFull, groupUnknown, invalidArgument, isRefusal, type GroupName, type Refusal } from '../wire/refusals.ts';
import { loginOf } from '../access/authentication.ts';
import { encodeConfirmation, encodeDelivery } from '../wire/read-response.ts';
import { uuidOf, type UuidForm } from '../wire/uuid.ts';
import { groupKeyOf } from './checkpoint.ts';
import type { Connection, Message } from './consumer.ts';
import type { NackAction, PersistentGroup } from './group.ts';
import { parseSource } from './settings.ts';

type Call = ServerDuplexStream<persistent.ReadReq, Buffer>;

export function handlePersistentRead(groupNamed: (name: GroupName) => Promise<PersistentGroup | undefined>, access: AccessControl) {
  return async (call: Call, send: Send, context: CallContext): Promise<Refusal | void> => {
    const options = (await firstRequest(call, context.signal))?.getOptions();
    if (options === undefined) return invalidArgument('A persistent subscription must begin with its options.');
    const name = { source: parseSource(options), group: options.getGroupName() };
    const { caller } = context;
    if (!access.mayConsume(caller, name.source)) return accessDenied();
    const group = await groupNamed(name);
    if (group === undefined) return groupUnknown(name);
    if (group.isFull()) return groupFull(name);
    void send(encodeConfirmation(groupKeyOf(name)));
    const uuids = options.getUuidOption()?.hasString() ? 'text' : 'structured';
    return serve(call, send, context, { group, uuids, bufferSize: options.getBufferSize() });
  };
}

type ConsumerSession = { readonly group: PersistentGroup; readonly uuids: UuidForm; readonly bufferSize: number };

/** Resolves when the client disconnects, or the group disconnects it. */
function serve(call: Call, send: Send, { caller, peer, connectionName, signal }: CallContext, session: ConsumerSession): Promise<Refusal | void> {
  const { group, uuids, bufferSize } = session;
  return new Promise((resolve) => {
    let goingOut = 0; // messages
    const deliver = (message: Message) => {
      const wait = send(encodeDelivery(message.resolved, uuids, message.retryCount));
      if (wait === undefined) return;
      goingOut++;
      void wait.then(() => {
        goingOut--;
        group.resume();
      });
    };
    const connection: Connection = {
      peer,
      login: loginOf(caller),
      connectionName,
      bufferSize,
      isBusy: () => goingOut > 0,
      deliver,
      drop: resolve,
    };
    const consumer = group.connect(connection);
    if (isRefusal(consumer)) return resolve(consumer);
    const leave = (reason?: Refusal) => {
      group.disconnect(consumer);
      resolve(reason);
    };
    signal.addEventListener('abort', () => leave(), { once: true });
    if (signal.aborted) return leave();
    call.on('data', (request: persistent.ReadReq) => {
      const reason = handleReply(group, request);
      if (reason !== undefined) leave(reason);
    });
    call.resume();
  });
}

/** Handles an acknowledgement; returns the reason when it ends the connection. */
function handleReply(group: PersistentGroup, request: persistent.ReadReq): Refusal | undefined {
  const ack = request.getAck();
  if (ack !== undefined) {
    group.acknowledge(ack.getIdsList().map(uuidOf));
    return undefined;
  }
  const nack = request.getNack();
  if (nack === undefined) return invalidArgument('A persistent subscription must send acknowledgements after its options.');
  // Disconnecting returns the consumer's messages to the group, so another consumer gets them.
  if (nack.getAction() === Action.STOP) return groupDropped(group.name);
  group.refuse(nack.getIdsList().map(uuidOf), ACTIONS[nack.getAction()] ?? 'retry', nack.getReason());
  return undefined;
}

const { Action } = persistent.ReadReq.Nack;
const ACTIONS: Readonly<Record<number, NackAction>> = { [Action.PARK]: 'park', [Action.RETRY]: 'retry', [Action.SKIP]: 'skip' };

function firstRequest(call: Call, signal: AbortSignal): Promise<persistent.ReadReq | undefined> {
  return new Promise((resolve) => {
    call.once('data', (request: persistent.ReadReq) => {
      call.pause();
      resolve(request);
    });
    call.once('end', () => resolve(undefined));
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
