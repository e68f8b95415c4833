/* Vietnamese first; English by a switch.  {0}, {1}: put in. */
export type Lang = "vi" | "en";

const WORDS = {
  app: ["Phiếu – trang điều tra viên", "Phiếu – agent's page"],
  skip: ["Đến nội dung chính", "Skip to content"],
  trial: ["Mẫu thử, không phải phiếu chính thức",
    "Trial form, not an official questionnaire"],
  today: ["Hôm nay", "Today"],
  keying: ["Nhập phiếu", "Key sheets"],
  outbox: ["Hộp gửi", "Outbox"],
  received: ["Đã nhận", "Received"],
  file: ["Tệp Excel", "Excel file"],
  more: ["Thêm", "More"],
  language: ["English", "Tiếng Việt"],
  // state line
  st_idle: ["Đã gửi hết", "All sent"],
  st_sending: ["Đang gửi, còn {0} phiếu ({1})",
    "Sending, {0} sheets left ({1})"],
  st_waiting: ["Máy chủ đang bận, sẽ gửi lại sau {2} giây; còn {0} phiếu ({1})",
    "The server is busy, next try in {2} s; {0} sheets wait ({1})"],
  st_disk: ["Máy này không ghi được (ổ đĩa đầy?); {0} phiếu ({1}) vẫn nằm nguyên, sẽ thử lại",
    "This computer cannot write (disk full?); {0} sheets ({1}) are still here, will try again"],
  st_offline: ["Không có mạng – cứ nhập tiếp; {0} phiếu chờ gửi ({1})",
    "Offline – keep keying; {0} sheets wait ({1})"],
  st_offline0: ["Không có mạng – cứ nhập tiếp, không có phiếu chờ",
    "Offline – keep keying, nothing waits"],
  st_key: ["Khóa truy cập không dùng được: {0}. {1} phiếu vẫn nằm trên máy này",
    "The key does not work: {0}. {1} sheets stay on this computer"],
  st_mend: ["{0} phiếu cần sửa", "{0} to mend"],
  st_held: ["{0} phiếu cần hỏi giám sát", "{0} for the supervisor"],
  // sign in
  in_title: ["Đăng nhập", "Sign in"],
  in_key: ["Khóa truy cập của điều tra viên", "Agent's key"],
  in_hint: ["Chuỗi bắt đầu bằng pa_ do giám sát giao. Gõ hoặc dán vào đây.",
    "The text beginning with pa_ from your supervisor. Type or paste it."],
  in_show: ["Hiện khóa", "Show the key"],
  in_keep: ["Giữ khóa trên máy này (chỉ khi máy của riêng tôi)",
    "Keep the key on this computer (only if it is mine alone)"],
  in_go: ["Vào làm việc", "Sign in"],
  in_wait: ["Đang hỏi máy chủ…", "Asking the server…"],
  in_first: ["Chưa có mạng. Lần đăng nhập đầu tiên trên máy này cần mạng; các lần sau thì không.",
    "No line. The first sign-in on this computer needs one; later ones do not."],
  in_insecure: ["Trang phải mở bằng địa chỉ https:// (hoặc trên chính máy chủ). Hãy báo người quản trị.",
    "The page must be opened by https:// (or on the server itself). Tell the administrator."],
  in_server: ["Máy chủ trả lời lạ (mã {0}). Hãy báo người quản trị.",
    "The server gave an odd answer ({0}). Tell the administrator."],
  in_nostore: ["Trình duyệt không cho trang lưu gì trên máy này (cửa sổ ẩn danh, hoặc bộ nhớ hỏng), nên phiếu sẽ mất. Hãy mở bằng cửa sổ thường. ({0})",
    "The browser lets this page keep nothing here (a private window, or broken storage): sheets would be lost. Open a normal window. ({0})"],
  in_empty: ["Hãy nhập khóa truy cập.", "Enter the key."],
  in_others: ["Trên máy này còn {0} phiếu chưa gửi và {1} phiếu nháp của người khác, đã khóa. Người đó đăng nhập lại thì phiếu được gửi tiếp.",
    "On this computer {0} unsent sheets and {1} drafts of others lie locked. They go on when their owner signs in."],
  // today
  hello: ["Xin chào, {0}", "Good day, {0}"],
  wave_state: ["Đợt điều tra: {0}", "Wave: {0}"],
  wave_closed: ["Đợt này đã khóa số liệu, không nhận thêm phiếu.",
    "This wave is frozen and takes no more sheets."],
  d_title: ["Nhập trên máy này hôm nay: {0}", "Keyed here today: {0}"],
  d_mend: ["Cần sửa", "To mend"],
  d_held: ["Giữ lại, hỏi giám sát", "Held, ask the supervisor"],
  d_aside: ["Cất riêng", "Set aside"],
  fl_q01: ["cả phiếu một phương án", "one option all through"],
  fl_overflow: ["quá chỉ tiêu", "over quota"],
  fl_late: ["sau ngày cuối", "after the last day"],
  c_min: ["{0} phút", "{0} minutes"],
  c_hours: ["{0} giờ", "{0} hours"],
  c_days: ["{0} ngày", "{0} days"],
  c_ahead: ["Đồng hồ máy này chạy trước giờ máy chủ {0}. Ngày giờ ghi trên phiếu lấy theo máy chủ; hãy chỉnh lại đồng hồ.",
    "This computer's clock is {0} ahead of the server's. Sheets take the server's time; set the clock."],
  c_behind: ["Đồng hồ máy này chậm hơn giờ máy chủ {0}. Ngày giờ ghi trên phiếu lấy theo máy chủ; hãy chỉnh lại đồng hồ.",
    "This computer's clock is {0} behind the server's. Sheets take the server's time; set the clock."],
  t_today: ["Máy chủ đã nhận hôm nay", "Received today"],
  t_valid: ["Hợp lệ", "Valid"],
  t_invalid: ["Không hợp lệ", "Invalid"],
  t_queue: ["Chờ gửi trên máy", "Waiting here"],
  t_draft: ["Nháp", "Drafts"],
  quota: ["Chỉ tiêu của tôi", "My quotas"],
  q_group: ["Nhóm đối tượng", "Group"],
  q_planned: ["Chỉ tiêu", "Planned"],
  q_counted: ["Đã tính", "Counted"],
  q_mine: ["Của tôi", "Mine"],
  q_here: ["Trên máy", "Here"],
  q_left: ["Còn thiếu", "Missing"],
  q_total: ["Cộng", "Total"],
  q_homes: ["{0} đơn vị", "{0} units"],
  key_now: ["Nhập phiếu mới", "Key a sheet"],
  go_on: ["Nhập tiếp", "Go on"],
  drafts: ["Phiếu đang nhập dở", "Unfinished sheets"],
  throw_away: ["Bỏ nháp", "Discard"],
  sure: ["Bấm lần nữa để bỏ", "Press again to discard"],
  mend_title: ["Phiếu bị trả lại, cần sửa", "Sent back, to be mended"],
  mend: ["Sửa", "Mend"],
  put_away: ["Cất riêng", "Set aside"],
  put_sure: ["Bấm lần nữa để cất", "Press again"],
  aside_title: ["Phiếu cất riêng: {0}", "Set aside: {0}"],
  aside_hint: ["Không gửi nữa, vẫn nằm trên máy này. Lấy lại được bất cứ lúc nào.",
    "Not sent any more, still on this computer. Can be taken back at any time."],
  take_back: ["Lấy lại", "Take back"],
  remove: ["Xóa hẳn", "Remove for good"],
  remove_sure: ["Bấm lần nữa: xóa, không lấy lại được", "Press again: gone for good"],
  retry_held: ["Gửi lại tất cả", "Send all again"],
  held_title: ["Phiếu giữ lại, hỏi giám sát", "Held, ask the supervisor"],
  retry: ["Gửi lại", "Send again"],
  retry_all: ["Gửi ngay", "Send now"],
  as_new: ["Mở lại thành phiếu mới", "Open as a new sheet"],
  nothing: ["Không có gì ở đây.", "Nothing here."],
  updated: ["Số liệu lúc {0}", "As of {0}"],
  // keying
  k_sheet: ["Số phiếu", "Sheet number"],
  k_sheet_hint: ["Chỉ cần gõ các chữ số sau {0}, rồi Enter",
    "Type only the digits after {0}, then Enter"],
  k_sheet_hint0: ["Gõ số in trên phiếu, ví dụ {0}, rồi Enter",
    "Type the printed number, like {0}, then Enter"],
  k_short: ["Gõ tiếp số phiếu…", "Go on typing…"],
  k_digit: ["Sai chữ số kiểm tra: xem lại số trên phiếu giấy",
    "Wrong check digit: look at the paper again"],
  k_shape: ["Không đúng dạng số phiếu", "Not the shape of a sheet number"],
  k_noform: ["Không có mẫu phiếu {0} trong đợt này",
    "No form {0} in this wave"],
  k_notmine: ["Khóa của anh/chị không nhập mẫu {0}",
    "Your key does not serve form {0}"],
  k_twice: ["Số phiếu này đã nhập trên máy này ({0})",
    "This sheet number was keyed on this computer already ({0})"],
  w_queue: ["đang chờ gửi", "waiting to be sent"],
  w_held: ["đang giữ lại, xem Hộp gửi", "held, see the outbox"],
  w_mend: ["bị trả lại, xem Hôm nay", "sent back, see Today"],
  w_done: ["máy chủ đã nhận", "received by the server"],
  k_elsewhere: ["Phiếu {0} đang mở ở một thẻ khác của trình duyệt; nhập tiếp ở đó.",
    "Sheet {0} is open in another tab; go on there."],
  k_drafted: ["Số phiếu này đang nhập dở: mở nháp ở trang Hôm nay",
    "This sheet is unfinished: open the draft on Today"],
  k_group: ["Nhóm đối tượng", "Group"],
  k_home: ["Đơn vị công tác của người trả lời", "Respondent's unit"],
  k_units: ["Đơn vị được đánh giá", "Rated unit"],
  k_pick: ["Gõ vài chữ (không cần dấu), mũi tên để chọn, Enter",
    "Type a few letters, arrows to pick, Enter"],
  k_day: ["Ngày thu phiếu", "Collected on"],
  k_keying: ["Lần nhập", "Keying"],
  k_first: ["Lần 1", "First"],
  k_second: ["Lần 2 (nhập đối chiếu)", "Second (to compare)"],
  k_order: ["Thứ tự nhập", "Order"],
  k_byunit: ["Hết một đơn vị rồi sang đơn vị khác", "Unit by unit"],
  k_byquestion: ["Hết một câu rồi sang câu khác", "Question by question"],
  k_start: ["Bắt đầu nhập câu trả lời", "Begin the answers"],
  k_kept: ["Giữ như phiếu trước", "As on the sheet before"],
  k_late: ["Hôm nay đã quá ngày cuối của đợt ({0})",
    "Today is past the wave's last day ({0})"],
  k_bad_day: ["Ngày thu phải từ {0} đến {1} và không ở tương lai",
    "The day must be from {0} to {1} and not in the future"],
  k_full: ["Ô chỉ tiêu này đã đủ ({0}/{1})", "This quota is full ({0}/{1})"],
  k_full_here: ["Ô chỉ tiêu này sẽ đủ: đã tính {0}/{1}, trên máy này còn {2} phiếu chờ gửi",
    "This quota will be full: {0}/{1} counted, {2} more wait on this computer"],
  k_unit_of: ["Đơn vị {0}/{1}", "Unit {0}/{1}"],
  k_q_of: ["Câu {0}/{1}", "Question {0}/{1}"],
  k_done_of: ["{0}/{1} ô", "{0}/{1} cells"],
  k_profile: ["Thông tin người trả lời", "Respondent"],
  k_blank: ["Để trống", "Blank"],
  k_dk: ["Không biết", "Don't know"],
  k_two: ["Hai dấu / không đọc được", "Two marks / unreadable"],
  k_undo: ["Lùi", "Undo"],
  k_comment: ["Ý kiến khác (nếu có)", "Comment (if any)"],
  k_comment_hint: ["Enter: xong phiếu. Shift+Enter: xuống dòng",
    "Enter: finish. Shift+Enter: new line"],
  k_number_hint: ["Gõ số rồi Enter; Enter khi trống: để trống",
    "Type the number, then Enter; Enter alone: blank"],
  k_whole_hint: ["Gõ số nguyên rồi Enter; Enter khi trống: để trống",
    "Type the whole number, then Enter; Enter alone: blank"],
  k_text_hint: ["Gõ rồi Enter; Enter khi trống: để trống",
    "Type, then Enter; Enter alone: blank"],
  k_no_more: ["Không ghi gì thêm (Ctrl+Enter)", "Nothing more written (Ctrl+Enter)"],
  k_many_hint: ["Gõ các số đã đánh dấu, rồi Enter", "Type the marked ones, then Enter"],
  k_next: ["Tiếp", "Next"],
  k_finish: ["Ghi phiếu (Enter)", "Save sheet (Enter)"],
  k_head: ["Sửa đầu phiếu", "Change the head"],
  k_leave: ["Để nháp, ra ngoài", "Leave as draft"],
  k_open: ["Còn {0} ô chưa nhập. Enter lần nữa: coi là để trống. Backspace: quay lại.",
    "{0} cells are not keyed. Enter again: leave them blank. Backspace: go back."],
  k_faults: ["Phiếu chưa hợp lệ. Enter để đến chỗ sai đầu tiên.",
    "The sheet is not valid yet. Enter to go to the first fault."],
  k_anyway: ["Giấy đúng như vậy: gửi để giám sát xem",
    "The paper says so: send it to the supervisor"],
  k_saved: ["Đã ghi phiếu {0}", "Sheet {0} saved"],
  k_draft_saved: ["đã lưu nháp", "draft saved"],
  k_draft_failed: ["KHÔNG LƯU ĐƯỢC – đừng tắt máy, hãy báo quản trị ({0})",
    "CANNOT SAVE – do not switch off, tell the administrator ({0})"],
  disk_full: ["ổ đĩa hoặc bộ nhớ của trình duyệt đã đầy: dọn bớt rồi phiếu tự được lưu",
    "the disk or the browser's storage is full: make room and the sheet is kept by itself"],
  k_no_key: ["Phím {0} không dùng ở câu này", "Key {0} means nothing here"],
  k_kept_answer: ["{0}: {1}", "{0}: {1}"],
  k_matrix: ["Các câu trả lời của phiếu", "Answers of the sheet"],
  k_plan_changed: ["Kế hoạch đã đổi, phiếu này không mở lại được. Nó vẫn nằm trên máy này; hãy hỏi giám sát.",
    "The plan has changed and this sheet cannot be opened. It stays on this computer; ask the supervisor."],
  // outbox
  o_wait: ["Phiếu chờ gửi", "Waiting to be sent"],
  o_export: ["Xuất ra tệp", "Export to a file"],
  o_export_hint: ["Tệp NDJSON gửi được bằng phieu-upload từ máy khác; phiếu vẫn nằm lại đây cho đến khi có biên nhận.",
    "An NDJSON file that phieu-upload sends from elsewhere; the sheets stay here until their receipt."],
  o_one: ["Xuất phiếu này ra tệp", "Export this sheet"],
  o_more: ["và {0} phiếu nữa", "and {0} more"],
  o_size: ["{0} phiếu, {1}", "{0} sheets, {1}"],
  // received
  r_title: ["Phiếu máy chủ đã nhận của tôi", "What the server received from me"],
  r_receipt: ["Biên nhận", "Receipt"],
  r_when: ["Lúc nhận", "Received"],
  r_state: ["Kết quả", "State"],
  r_all: ["Tất cả", "All"],
  r_more: ["Xem thêm", "More"],
  r_offline: ["Chưa hỏi được máy chủ; dưới đây là biên nhận đã lưu trên máy này.",
    "The server cannot be asked; these are receipts kept on this computer."],
  s_valid: ["Hợp lệ", "Valid"],
  s_queried: ["Hợp lệ, có người xem lại", "Valid, to be looked at"],
  s_invalid: ["Không hợp lệ", "Invalid"],
  s_replaced: ["Đã thay bằng phiếu sửa", "Replaced"],
  s_accepted: ["Được chấp nhận", "Accepted"],
  s_rejected: ["Bị loại", "Rejected"],
  s_withdrawn: ["Đã rút", "Withdrawn"],
  s_quarantined: ["Không đọc được", "Not understood"],
  // file
  f_title: ["Nộp tệp Excel hoặc CSV", "Hand in an Excel or CSV file"],
  f_form: ["Mẫu phiếu", "Form"],
  f_template: ["Tải tệp mẫu Excel", "Get the Excel template"],
  f_drop: ["Kéo tệp .xlsx hoặc .csv vào đây, hoặc chọn tệp",
    "Drop a .xlsx or .csv file here, or choose one"],
  f_choose: ["Chọn tệp…", "Choose a file…"],
  f_reading: ["Đang kiểm tra {0}…", "Checking {0}…"],
  f_ok: ["{0} phiếu, không có lỗi. Chưa nộp gì.",
    "{0} sheets, no fault. Nothing is handed in yet."],
  f_bad: ["{0} phiếu, {1} lỗi. Chưa nộp gì: sửa trong tệp rồi thả lại.",
    "{0} sheets, {1} faults. Nothing is handed in: mend the file and drop it again."],
  f_send: ["Nộp tất cả {0} phiếu", "Hand in all {0} sheets"],
  f_marked: ["Tải lại tệp có đánh dấu chỗ sai", "Get the file with the faults marked"],
  f_row: ["Dòng", "Row"],
  f_col: ["Cột", "Column"],
  f_what: ["Lỗi", "Fault"],
  f_value: ["Ghi là", "Reads"],
  f_more: ["và {0} lỗi nữa", "and {0} more"],
  f_notes: ["Lưu ý", "Notes"],
  f_counts: ["Phiếu mới: {0}; đã có từ trước: {1}; thay phiếu của tệp trước: {2}",
    "New: {0}; here already: {1}; replacing those of an earlier file: {2}"],
  f_letters: ["Bảng mã chữ Việt của tệp:", "Letters of the file:"],
  f_sent: ["Máy chủ đã nhận {0} phiếu (mới {1}, đã có {2}). Biên nhận của tệp: {3}",
    "The server received {0} sheets ({1} new, {2} known). Receipt of the file: {3}"],
  f_offline: ["Nộp tệp cần có mạng.", "Handing in a file needs a line."],
  f_none: ["Máy chủ này chưa nhận tệp Excel.", "This server takes no Excel files."],
  // more
  m_agent: ["Điều tra viên", "Agent"],
  m_office: ["Bưu cục", "Office"],
  m_expires: ["Khóa dùng được đến", "The key works until"],
  m_scope: ["Được nhập mẫu", "Forms"],
  m_all: ["tất cả", "all"],
  m_out: ["Đăng xuất", "Sign out"],
  m_out_hint: ["Phiếu chưa gửi nằm lại trên máy, đã khóa; đăng nhập lại bằng khóa của anh/chị thì gửi tiếp.",
    "Unsent sheets stay here, locked; they go on when you sign in with your key."],
  m_forget: ["Quên khóa trên máy này", "Forget the key here"],
  m_update: ["Có bản mới của trang. Phiếu đang nhập và hộp gửi được giữ nguyên; chỉ phải nhập lại khóa.",
    "There is a new version of the page. The open sheet and the outbox are kept; only the key is asked again."],
  m_reload: ["Dùng bản mới", "Use the new version"],
  m_install: ["Cài vào máy", "Install"],
  m_keys: ["Các phím", "Keys"],
  m_persist: ["Bộ nhớ của trình duyệt: {0}", "The browser's storage: {0}"],
  m_safe: ["được giữ lâu dài", "kept for good"],
  m_unsafe: ["trình duyệt có thể dọn khi đầy ổ đĩa: gửi phiếu thường xuyên",
    "may be cleared when the disk is full: send often"],
  mk_digits: ["Chọn phương án theo thứ tự trên giấy", "Option in the order of the paper"],
  mk_back: ["Lùi lại, xóa phím vừa gõ", "Take back the last key"],
  mk_arrows: ["Đi giữa các ô", "Move between cells"],
  mk_esc: ["Để nháp, ra ngoài", "Leave as draft"],
  mk_f2: ["Đổi nhóm, đơn vị, ngày", "Change group, unit, day"],
  or: ["hoặc", "or"],
  close: ["Đóng", "Close"],
  // what to do
  do_422: ["Xem lỗi bên dưới, đối chiếu với phiếu giấy rồi bấm Sửa.",
    "Look at the faults, compare with the paper, then press Mend."],
  do_409: ["Máy chủ đã có phiếu mang mã này với nội dung khác; cả hai được giữ cho giám sát. Báo giám sát số phiếu; nếu được yêu cầu, mở lại thành phiếu mới.",
    "The server has this id with other content; both are kept for the supervisor. Tell him the number; open as a new sheet if he says so."],
  do_403: ["Khóa này không được nộp phiếu đó, hoặc đợt đã khóa. Báo giám sát; khi đã mở lại thì bấm Gửi lại.",
    "This key may not hand it in, or the wave is closed. Tell the supervisor; press Send again once reopened."],
  do_400: ["Máy chủ không đọc được. Xuất ra tệp và gửi cho giám sát.",
    "The server could not read it. Export it and give it to the supervisor."],
  do_413: ["Phiếu quá lớn. Rút ngắn ý kiến rồi gửi lại.",
    "The sheet is too large. Shorten the comment and send again."],
} as const satisfies Record<string, readonly [string, string]>;

export type Word = keyof typeof WORDS;

/* The collector's flags, in words of their own. */
export const FLAGS: Record<string, Word> = { Q01: "fl_q01",
  overflow: "fl_overflow", late: "fl_late" };

let lang: Lang = "vi";

export function setLang(l: Lang): void {
  lang = l;
  document.documentElement.lang = l;
}

export function getLang(): Lang {
  return lang;
}

export function t(key: Word, ...args: (string | number)[]): string {
  return WORDS[key][lang === "vi" ? 0 : 1]
    .replace(/\{(\d)\}/g, (_, i: string) => String(args[Number(i)] ?? ""));
}

/* Name of something of the plan in the language in use. */
export function nameOf(x: { name: string; name_en: string }): string {
  return lang === "vi" ? x.name : x.name_en;
}

export function labelOf(x: { label: string; label_en: string }): string {
  return lang === "vi" ? x.label : x.label_en;
}

export function toldOf(x: { message: string; message_vi: string }): string {
  const s = lang === "vi" ? x.message_vi : x.message;
  return s ? s.charAt(0).toUpperCase() + s.slice(1) : "";
}

export function sizeText(bytes: number): string {
  const f = (v: number) => v.toLocaleString(lang === "vi" ? "vi-VN" : "en-GB",
    { maximumFractionDigits: 1 });
  return bytes < 1024 ? `${bytes} B` : bytes < 1 << 20
    ? `${f(bytes / 1024)} KB` : `${f(bytes / (1 << 20))} MB`;
}

/* dd/mm/yyyy, in Vietnam's time. */
export function dayVi(day: number): string {
  return new Date(day * 86400000).toISOString().slice(0, 10).split("-")
    .reverse().join("/");
}

export function timeVi(at: number | string): string {
  const ms = typeof at === "number" ? at : Date.parse(at);
  const s = new Date(ms + 7 * 3600000).toISOString();
  return `${s.slice(11, 16)} ${s.slice(8, 10)}/${s.slice(5, 7)}`;
}
