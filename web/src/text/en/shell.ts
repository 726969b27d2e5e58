/** Words of the frame around the screens, in English. */
import type { shell as ja } from "../ja/shell";

export const shell: Record<keyof typeof ja, string> = {
  "shell.skip": "Skip to content",
  "shell.nav": "Main screens",
  "nav.home": "Home",
  "nav.docket": "All cases",
  "nav.audit": "Audit",
  "nav.settings": "Settings",
  "shell.line.online": "Connected",
  "shell.line.connecting": "Connecting",
  "shell.line.offline": "Offline",
  "shell.lock": "Lock",
  "shell.hide": "Cover screen",
  "shell.hideKeys": "Cover the screen (F9, or Esc twice)",
  "shell.other": "日本語",
  "shell.council": "Council",
  "shell.account": "Menu of {name}",
  "shell.covered": "The screen is covered",
  "shell.coveredWhat": "You are still connected to the sitting. Press the button below to go on.",
  "shell.uncover": "Uncover",
  "shell.banners": "Present state",
  "shell.offline":
    "You are offline. What you see is what came last. What you type is kept on this device and sent once the network is back.",
  "shell.doubt":
    "Something came from the server that does not verify. It was not used; only what verified is shown. If it goes on, please tell the coordinating agency.",
  "shell.dropped":
    "Some of what you wrote while disconnected was not sent, because the members or the state of the conference changed meanwhile. Please open the conference, check, and write it again if it is still needed.",
  "shell.dropped.go": "Open the conference",
  "unsaved.title": "Not saved",
  "unsaved.what":
    "The vault file “{name}” has changes that are not saved. If you close the page without saving, you may be unable to open keys and words received since. Please replace the old file.",
  "unsaved.act": "Save the vault to its file",
  "unsaved.done": "The vault file was saved. Please replace the old one",
  "shell.connecting": "Connecting to the server.",
  "shell.clock":
    "This computer's clock is off by about {minutes} minutes. Times shown are the server's. Please set the clock before you write.",
  "shell.pledge.missing":
    "You have not signed the pledge yet. Personal information stays closed until you do.",
  "shell.pledge.expired":
    "Your pledge has run out. Personal information stays closed until you sign again.",
  "shell.pledge.go": "Read the pledge",
  "shell.evidence":
    "The server showed records that contradict each other. Stop writing and tell the coordinating agency and the auditor by telephone. Pieces of evidence kept: {n}.",
  "shell.evidence.go": "See the evidence",
  "shell.unlogged":
    "The program of this page is not in the council's log. It may have been altered. Type nothing, close it and ask the coordinating agency.",
  "shell.missing": "There is no such screen",
  "shell.missingWhat": "The address has changed, or it is not open to you.",
  "shell.toHome": "To home",
  "shell.updated": "Something was updated",
  "shell.failed": "This screen could not be shown",
  "shell.failedWhat": "What you were typing is kept on this device. Please reload the page.",
  "shell.reload": "Reload",
  "idle.title": "About to lock",
  "idle.what": "The vault locks after {minutes} minutes without use. What you were typing is kept.",
  "idle.stay": "Stay",
};
