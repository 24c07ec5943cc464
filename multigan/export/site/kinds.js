// The page of each kind of data.

import { imagePage } from "./image_page.js";

export const KINDS = { image: imagePage };
