// The page of each kind of data.

import { imagePage } from "./image_page.js";
import { soundPage } from "./sound_page.js";
import { textPage } from "./text_page.js";

export const KINDS = { image: imagePage, audio: soundPage, text: textPage };
