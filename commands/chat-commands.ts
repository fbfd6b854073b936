/** The commands of chat. */
import { addMember, leaveChannel, openDirectChannel, openGroupChannel, removeMember, renameChannel } from './chat/channels.ts';
import {
  acceptInvitation,
  acceptMessageRequest,
  acceptRequestBetweenFriends,
  refuseInvitation,
  refuseMessageRequest,
  withdrawInvitation,
} from './chat/invitations.ts';
import { editMessage, postMessage, reactToMessage } from './chat/messages.ts';
import { pinMessage, unpinMessage } from './chat/pins.ts';
import { closeMessage, finishWithdrawal, withdrawMessage } from './chat/withdrawals.ts';
import {
  beginScheduledMessage,
  cancelScheduledMessage,
  changeScheduledMessage,
  endScheduledMessage,
  scheduleMessage,
} from './chat/later/scheduled-messages.ts';
import { addMessagePreview } from './chat/later/message-previews.ts';
import { beginIndexing } from './chat/indexing.ts';
import { changePresence, recordGatewayLoss } from './chat/presence.ts';
import { destroyPastDays, setDisappearing, tellDisappeared } from './chat/disappearing.ts';
import { describeChannel, handOverChannel, setChannelHistory, setChannelPicture, setMemberRole } from './chat/groups.ts';
import {
  approveJoinRequest,
  createInvitationLink,
  joinByInvitationLink,
  refuseJoinRequest,
  revokeInvitationLink,
  withdrawJoinRequest,
} from './chat/invitation-links.ts';
import { noteChanges } from './chat/notices.ts';
import { chooseChannelLevel, markRead, muteChannel, unmuteChannel } from './chat/reading.ts';

export const CHAT_COMMANDS = {
  openDirectChannel,
  openGroupChannel,
  renameChannel,
  setMemberRole,
  handOverChannel,
  describeChannel,
  setChannelPicture,
  setChannelHistory,
  createInvitationLink,
  revokeInvitationLink,
  joinByInvitationLink,
  approveJoinRequest,
  refuseJoinRequest,
  withdrawJoinRequest,
  noteChanges,
  addMember,
  leaveChannel,
  removeMember,
  setDisappearing,
  tellDisappeared,
  destroyPastDays,
  acceptInvitation,
  refuseInvitation,
  withdrawInvitation,
  acceptMessageRequest,
  refuseMessageRequest,
  acceptRequestBetweenFriends,
  postMessage,
  editMessage,
  withdrawMessage,
  closeMessage,
  finishWithdrawal,
  pinMessage,
  unpinMessage,
  reactToMessage,
  addMessagePreview,
  scheduleMessage,
  changeScheduledMessage,
  cancelScheduledMessage,
  beginScheduledMessage,
  endScheduledMessage,
  markRead,
  beginIndexing,
  muteChannel,
  unmuteChannel,
  chooseChannelLevel,
  changePresence,
  recordGatewayLoss,
};
