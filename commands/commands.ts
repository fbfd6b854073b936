/** All commands, ready to be called. */
import { admittedCommand } from './asked-admissions.ts';
import { CHAT_COMMANDS } from './chat-commands.ts';
import { claimAccount, loginOfClaim, makeAccountClaim } from './accounts/account-claims.ts';
import type { CommandsDependencies } from './handling/dependencies.ts';
import { keyedNames, type KeyedNames } from './keyed-names.ts';
import type { Admit } from './moderation/admission.ts';
import { clearProfile, dismissCase, hidePost, liftSuspension, restorePost, suspendPerson } from './moderation/decisions.ts';
import { appeal, report } from './moderation/reports.ts';
import { deleteExport, endExport, finishExport, recordExportPart, removeExport, requestExport } from './exports/exports.ts';
import { countActiveFollowers, finishTurn } from './feed/delivery-mode.ts';
import { endChannelImport, importChannel, importMember } from './imports/chat-channels.ts';
import { importMessages } from './imports/chat-messages.ts';
import { findImportedMessages } from './imports/find-imported.ts';
import { findImportedPost, findPersonOfLogin, importFollow, importPerson, importPost, importUpload } from './imports/imports.ts';
import { addPostPreview } from './feed/post-previews.ts';
import { bookmarkPost, removeBookmark } from './feed/bookmarks.ts';
import { pinPost, unpinAllPosts, unpinPost } from './feed/pinned-posts.ts';
import { likePost, reactToPost, takeReactionBack, unlikePost } from './feed/likes.ts';
import { deletePost, editPost, publishPost } from './feed/posts.ts';
import { beginScheduledPost, cancelScheduledPost, changeScheduledPost, endScheduledPost, schedulePost } from './feed/scheduled-posts.ts';
import { sharePost, unsharePost } from './feed/shares.ts';
import { beginMediaRemoval, endUpload, keepFetchedPicture, keepMedia, makeMediaReady, refuseMedia, removeMedia } from './media/media.ts';
import { findEndedUpload } from './media/load-media.ts';
import { getRouting, plugVendorIn, plugVendorOut, setRoutingRules } from './notifications/routing.ts';
import { addAppKey, getApp, removeAppKey, setAppQuota } from './notifications/app-keys.ts';
import { disableApp, registerApp, rotateSecret, setSenderIdentity } from './notifications/apps.ts';
import { declareCategory, removeCategory } from './notifications/categories.ts';
import { markNotification, markNotificationsRead, markNotificationsSeen } from './notifications/centre.ts';
import { recordCallbacks } from './notifications/callbacks.ts';
import { commandDelivery } from './notifications/deliveries.ts';
import { commandDigest, requestDigest } from './notifications/digests.ts';
import { reportDelivery } from './notifications/beacons.ts';
import { stopSms } from './notifications/sms-stops.ts';
import { commandWebhookMessage, removeWebhook, replayWebhookMessage, rotateWebhookSecret, setWebhook, webhookSecretsOf } from './notifications/webhooks.ts';
import { unsubscribe } from './notifications/unsubscribe.ts';
import { commandCampaign, steerCampaign } from './notifications/lists/campaigns.ts';
import { changeList, changeListOfAnyApp, createList, removeList } from './notifications/lists/lists.ts';
import { cancelNotification, forgetNotification, requestNotification } from './notifications/notifications.ts';
import {
  advanceSchedule,
  cancelSchedule,
  createSchedule,
  pauseSchedule,
  previewSchedule,
  refuseOccurrence,
  resumeSchedule,
} from './notifications/schedules/schedules.ts';
import { previewTemplate, publishPartial, publishTemplate } from './notifications/templates.ts';
import { recordTracked } from './notifications/tracked-links.ts';
import { addOperator, findOperator, listOperators, removeOperator, rotateOperatorToken, setOperatorRole } from './operators/operators.ts';
import { readAudit } from './operators/audit.ts';
import { block, follow, mute, unblock, unfollow, unmute } from './people/relationships.ts';
import { blockEndpoint, confirmContact, invalidateDevice, invalidateEndpoint, removeContact, setContact, unblockContact } from './people/contacts.ts';
import { registerDevice } from './people/devices.ts';
import {
  acceptFriend,
  releaseAbandonedReservation,
  releaseFriendReservation,
  refuseFriend,
  removeFriend,
  requestFriend,
  withdrawFriend,
} from './people/friendships.ts';
import { enrol, setPreferences, withdrawEnrolment } from './people/preferences.ts';
import { changePrivacy } from './people/privacy.ts';
import { changeProfile, erasePerson, finishErasing, freeAbandonedLogin } from './people/profile.ts';
import { changePassword, loginOfPerson } from './accounts/change-password.ts';
import { findKnownDevice } from './accounts/known-devices.ts';
import { authenticateAgain, logIn } from './accounts/log-in.ts';
import { logOut } from './accounts/log-out.ts';
import { drawCode } from './accounts/one-time-codes.ts';
import { askForPasswordReset, resetPassword } from './accounts/reset-password.ts';
import {
  addTotp,
  addWebAuthn,
  confirmSecondFactor,
  listSecondFactors,
  makeRecoveryCodes,
  removeAllSecondFactors,
  removeSecondFactor,
} from './accounts/second-factors.ts';
import { enterSecondFactor, findLoginTicket } from './accounts/second-step.ts';
import { endSessions, listSessions } from './accounts/sessions.ts';
import { signUp } from './accounts/sign-up.ts';
import { holdPart, releasePart } from './subscriptions/parts.ts';

const COMMANDS = {
  // People
  signUp,
  findKnownDevice,
  logIn,
  authenticateAgain,
  findLoginTicket,
  enterSecondFactor,
  listSecondFactors,
  addTotp,
  addWebAuthn,
  confirmSecondFactor,
  removeSecondFactor,
  removeAllSecondFactors,
  makeRecoveryCodes,
  logOut,
  listSessions,
  endSessions,
  changePassword,
  askForPasswordReset,
  resetPassword,
  loginOfPerson,
  makeAccountClaim,
  claimAccount,
  loginOfClaim,
  findPersonOfLogin,
  changeProfile,
  erasePerson,
  finishErasing,
  freeAbandonedLogin,
  setContact,
  confirmContact,
  drawCode,
  removeContact,
  registerDevice,
  invalidateDevice,
  invalidateEndpoint,
  blockEndpoint,
  unblockContact,
  setPreferences,
  enrol,
  withdrawEnrolment,
  changePrivacy,
  requestFriend,
  acceptFriend,
  refuseFriend,
  withdrawFriend,
  removeFriend,
  releaseFriendReservation,
  releaseAbandonedReservation,
  follow,
  unfollow,
  mute,
  unmute,
  block,
  unblock,
  // Exports
  requestExport,
  deleteExport,
  recordExportPart,
  finishExport,
  endExport,
  removeExport,
  // Media
  findEndedUpload,
  endUpload,
  keepFetchedPicture,
  makeMediaReady,
  refuseMedia,
  beginMediaRemoval,
  keepMedia,
  removeMedia,
  // Feed
  publishPost,
  editPost,
  deletePost,
  addPostPreview,
  countActiveFollowers,
  finishTurn,
  likePost,
  unlikePost,
  reactToPost,
  takeReactionBack,
  bookmarkPost,
  removeBookmark,
  pinPost,
  unpinPost,
  unpinAllPosts,
  sharePost,
  unsharePost,
  schedulePost,
  changeScheduledPost,
  cancelScheduledPost,
  beginScheduledPost,
  endScheduledPost,
  ...CHAT_COMMANDS,
  // Imports
  importPerson,
  importPost,
  findImportedPost,
  importFollow,
  importUpload,
  importChannel,
  importMember,
  importMessages,
  findImportedMessages,
  endChannelImport,
  // Moderation
  report,
  appeal,
  hidePost,
  restorePost,
  suspendPerson,
  clearProfile,
  liftSuspension,
  dismissCase,
  // Notifications
  registerApp,
  getRouting,
  setRoutingRules,
  plugVendorOut,
  plugVendorIn,
  rotateSecret,
  setSenderIdentity,
  addAppKey,
  removeAppKey,
  setAppQuota,
  holdPart,
  releasePart,
  getApp,
  disableApp,
  commandDigest,
  requestDigest,
  declareCategory,
  removeCategory,
  publishTemplate,
  publishPartial,
  previewTemplate,
  recordTracked,
  requestNotification,
  cancelNotification,
  forgetNotification,
  createSchedule,
  pauseSchedule,
  resumeSchedule,
  cancelSchedule,
  previewSchedule,
  advanceSchedule,
  refuseOccurrence,
  createList,
  changeList,
  changeListOfAnyApp,
  removeList,
  commandCampaign,
  steerCampaign,
  commandDelivery,
  markNotification,
  markNotificationsSeen,
  markNotificationsRead,
  recordCallbacks,
  reportDelivery,
  stopSms,
  setWebhook,
  rotateWebhookSecret,
  removeWebhook,
  webhookSecretsOf,
  commandWebhookMessage,
  replayWebhookMessage,
  unsubscribe,
  // Operators
  addOperator,
  setOperatorRole,
  rotateOperatorToken,
  removeOperator,
  findOperator,
  listOperators,
  readAudit,
};

type BoundCommands = { readonly [Name in keyof typeof COMMANDS]: ReturnType<(typeof COMMANDS)[Name]> };

export type Commands = BoundCommands & KeyedNames;

/** Without `admit` every command is carried out that its decider accepts. */
export function createCommands({ handling, admit, ...parts }: CommandsDependencies & { readonly admit?: Admit }): Commands {
  const dependencies = { ...handling, ...parts };
  const bindTo = ([name, bind]: [string, (parts: typeof dependencies) => unknown]) => [name, admittedCommand(name, bind(dependencies), { ...handling, admit })];
  const bound = Object.fromEntries(Object.entries(COMMANDS).map(bindTo)) as unknown as BoundCommands;
  return { ...bound, ...keyedNames(parts.logins.secret) };
}
