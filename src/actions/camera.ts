import { EngineError } from '../engine/errors.ts';
import { translator } from '../i18n/index.ts';
import type { App } from '../store/app.ts';
import { openPictures } from '../store/flow/open.ts';

/** What is asked of the camera: as much as it has, the one that looks away from the person if there are two. */
const WANTED: MediaStreamConstraints = { audio: false, video: { facingMode: 'environment', width: { ideal: 1920 }, height: { ideal: 1080 } } };

const REASONS: Readonly<Record<string, readonly [message: string, advice: string]>> = {
  NotAllowedError: ['The camera was not allowed for this page.', 'Allow it in the address bar and try again.'],
  NotFoundError: ['This machine has no camera.', 'Choose or drop a picture instead.'],
  NotReadableError: ['The camera is used by another program.', 'Close that program and try again.'],
};

/** @throws EngineError that says why there is no picture from the camera */
export async function openCamera(): Promise<MediaStream> {
  try {
    if (!navigator.mediaDevices) throw new EngineError('bad-input', 'A page that is not served over https has no camera.', { stage: 'fetch', advice: 'Open the page over https or on localhost.' });
    return await navigator.mediaDevices.getUserMedia(WANTED);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    const [message, advice] = REASONS[error instanceof DOMException ? error.name : ''] ?? ['The camera gives no picture.', 'Choose or drop a picture instead.'];
    throw new EngineError('bad-input', message, { stage: 'fetch', advice, cause: error });
  }
}

/** The frame that is shown, as a file like any other. */
export async function takeFrame(app: App, video: HTMLVideoElement): Promise<void> {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const file = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (file) await openPictures(app, [{ file, name: translator(app.store.getState().view.language)('camera.file') }]);
}
