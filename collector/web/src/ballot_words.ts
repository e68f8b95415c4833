/* What the respondents' page says, in two languages. */
const WORDS = {
  title: ["Phiếu trả lời điện tử", "Electronic answers"],
  other: ["English", "Tiếng Việt"],
  trial: ["MẪU THỬ, không phải phiếu chính thức",
    "TRIAL, not an official form"],
  code: ["Mã trong thư (32 ký tự)", "Code in the letter (32 characters)"],
  code_hint: ["Quét mã QR trong thư, hoặc gõ mã; chữ hoa, chữ thường, dấu " +
    "gạch đều được.", "Scan the QR picture of the letter, or type its code."],
  open: ["Mở phiếu", "Open the form"],
  check_h: ["Kiểm tra biên nhận", "Check a receipt"],
  check_l: ["Biên nhận", "Receipt"],
  check_b: ["Kiểm tra", "Check"],
  check_hint: ["Sau khi đóng hòm phiếu. Cả danh sách được tải về rồi tìm ngay " +
    "trên máy này: không ai biết bạn tìm biên nhận nào.",
  "After the close. The whole list is fetched and searched on this device: " +
    "nobody learns which receipt you look for."],
  in_list: ["Có trong danh sách gồm %1 biên nhận; mã gốc của danh sách đúng: " +
    "%2", "It is in the list of %1 receipts; the list's root is right: %2"],
  not_in: ["KHÔNG có trong danh sách. Hãy giữ biên nhận và báo cơ quan giữ " +
    "khóa hoặc cơ quan giám sát.", "It is NOT in the list. Keep the receipt " +
    "and tell the body that holds the key or those who supervise."],
  bad_root: ["Danh sách không khớp mã gốc của chính nó: báo cơ quan giám sát.",
    "The list does not fit its own root: tell those who supervise."],
  bad_receipt: ["Biên nhận có dạng đợt/nhóm/64 chữ số hex",
    "A receipt is wave/group/64 hex digits"],
  whom: ["Bạn trả lời với tư cách", "You answer as"],
  promise_h: ["Câu trả lời của bạn được giữ kín thế nào",
    "How your answer is kept apart from you"],
  p1: ["Mã trong thư chỉ cho biết bạn thuộc nhóm này; không ai ghi lại ai " +
    "nhận thư nào.", "The code says only that you belong to this group; " +
    "nobody wrote down who got which letter."],
  p2: ["Câu trả lời được mã hóa ngay trên máy này, bằng khóa của: %1. Máy chủ " +
    "không đọc được.", "Your answer is encrypted on this device, to a key " +
    "held by: %1. The server cannot read it."],
  p3: ["Sau khi đóng hòm phiếu, các câu trả lời mới được mở, xáo trộn và tách " +
    "khỏi mã; đơn vị nào dưới 10 phiếu thì không giữ lại.",
  "Only after the close are answers opened, shuffled and parted from codes; " +
    "no set of fewer than 10 is kept."],
  p4: ["Cùng câu trả lời không lưu giờ, địa chỉ mạng hay loại máy. Đừng viết " +
    "tên mình trong phần ý kiến.", "No time, network address or kind of " +
    "device is kept with an answer. Do not write your name in the comment."],
  finger: ["Dấu của khóa, phải giống trên thư:",
    "Fingerprint of the key, must equal the letter's:"],
  begin: ["Bắt đầu trả lời", "Begin"],
  next: ["Tiếp", "Next"],
  back: ["Quay lại", "Back"],
  step: ["Phần %1 / %2", "Part %1 of %2"],
  about: ["Thông tin chung", "About you"],
  choose: ["Chọn %1 đơn vị bạn đánh giá", "Choose %1 units to rate"],
  none: ["— chọn —", "— choose —"],
  clear: ["Bỏ chọn", "Clear"],
  dont_know: ["Không biết", "I do not know"],
  required: ["bắt buộc", "required"],
  comment: ["Ý kiến khác (không bắt buộc)", "Other remarks (optional)"],
  last_h: ["Gửi câu trả lời", "Send your answer"],
  last: ["Mỗi thư trả lời một lần. Sau khi gửi không sửa được nữa.",
    "One answer a letter. After sending it cannot be changed."],
  send: ["Niêm phong và gửi", "Seal and send"],
  sending: ["Đang gửi…", "Sending…"],
  faults: ["Còn chỗ phải sửa", "Something is to be mended"],
  too_long: ["Câu trả lời quá dài: rút gọn phần viết bằng lời.",
    "Too long: shorten what is written in words."],
  away: ["Chưa gửi được: mất mạng hoặc máy chủ tạm ngừng. Câu trả lời đã niêm " +
    "phong vẫn ở đây; bấm gửi lại, không bị tính hai lần.",
  "Not sent: no connection, or the server is away. The sealed answer is still " +
    "here; send it again, it counts once."],
  again: ["Gửi lại", "Send again"],
  not_open: ["Không mở được: mất mạng hoặc máy chủ tạm ngừng. Thử lại sau.",
    "No connection, or the server is away. Try again later."],
  no_letter: ["Không có thư nào mang mã này, hoặc hòm phiếu đã kết thúc.",
    "No letter has this code, or the campaign has ended."],
  early: ["Chưa đến ngày trả lời. Hãy mở lại thư sau.",
    "Answering has not begun yet."],
  closed: ["Đã hết hạn trả lời.", "Answering is over."],
  used: ["Thư này đã được dùng để trả lời. Cảm ơn bạn! Nếu không phải bạn trả " +
    "lời, hãy báo cơ quan tổ chức điều tra.",
  "This letter was answered already. Thank you! If it was not you, tell the " +
    "office."],
  refused: ["Máy chủ không nhận: %1", "The server refused: %1"],
  key_wrong: ["Khóa do máy chủ đưa không khớp dấu của nó: không trả lời.",
    "The key does not fit its fingerprint: do not answer."],
  done_h: ["Đã nhận câu trả lời của bạn", "Your answer is received"],
  done: ["Biên nhận dưới đây là mã băm của phiếu đã niêm phong: nó không nói " +
    "bạn trả lời gì. Sau khi đóng hòm phiếu, hãy tìm nó trong danh sách công " +
    "bố.", "The receipt is a hash of your sealed ballot: it does not tell " +
    "your answer. After the close, look for it in the published list."],
  save: ["Lưu biên nhận", "Save the receipt"],
  print: ["In", "Print"],
} as const;

let language: 0 | 1 = 0;

export function english(): boolean {
  return language === 1;
}

export function turn(): void {
  language = language === 0 ? 1 : 0;
  document.documentElement.lang = language === 0 ? "vi" : "en";
}

export function t(key: keyof typeof WORDS, ...args: (string | number)[]):
string {
  return WORDS[key][language].replace(/%(\d)/g,
    (_, n: string) => String(args[Number(n) - 1] ?? ""));
}
