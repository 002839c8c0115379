;;; codeorigin.el --- The line heat map of CodeOrigin  -*- lexical-binding: t; -*-

;; Package-Requires: ((emacs "28.1") (eglot "1.9"))

;;; Commentary:

;; `codeorigin-toggle-heat-map' writes the evidence of every line at its end, until the next edit.
;; It asks the server that eglot runs for the buffer; docs/editors.md has the lines for that.

;;; Code:

(require 'eglot)
(require 'seq)

(defconst codeorigin--cells 4
  "Length of the bar of a function's strongest line.")

(defconst codeorigin--noticeable 0.005
  "In logits: weaker evidence is not shown.")

(defun codeorigin--marks ()
  "Return the overlays of the heat map."
  (seq-filter (lambda (each) (overlay-get each 'codeorigin))
              (overlays-in (point-min) (point-max))))

(defun codeorigin--clear (&rest _)
  "Remove the heat map."
  (remove-hook 'after-change-functions #'codeorigin--clear t)
  (save-restriction
    (widen)
    (mapc #'delete-overlay (codeorigin--marks))))

(defun codeorigin--mark (evidence)
  "Write the EVIDENCE of a line at the end of it."
  (let* ((value (plist-get evidence :value))
         (weight (abs (plist-get evidence :weight)))
         (bar (make-string (max 1 (round (* codeorigin--cells weight))) (if (> value 0) ?▰ ?▱)))
         (text (format "  %s %s" bar (plist-get evidence :valueText))))
    (when (>= (abs value) codeorigin--noticeable)
      (goto-char (point-min))
      (forward-line (plist-get evidence :line))
      (let ((mark (make-overlay (line-end-position) (line-end-position))))
        (overlay-put mark 'codeorigin t)
        (overlay-put mark 'after-string (propertize text 'face (if (> value 0) 'warning 'shadow)))))))

;;;###autoload
(defun codeorigin-toggle-heat-map ()
  "Write the evidence of every line at its end, or remove it again.
Full bars point to an LLM, empty ones to a person.  An edit removes them."
  (interactive)
  (if (codeorigin--marks)
      (codeorigin--clear)
    (let ((answer (jsonrpc-request (eglot--current-server-or-lose) :codeorigin/attributions
                                   (list :textDocument (eglot--TextDocumentIdentifier)))))
      (save-excursion
        (save-restriction
          (widen)
          (seq-doseq (function (plist-get answer :functions))
            (seq-doseq (evidence (plist-get (plist-get function :explanation) :lines))
              (codeorigin--mark evidence)))))
      (add-hook 'after-change-functions #'codeorigin--clear nil t))))

(provide 'codeorigin)

;;; codeorigin.el ends here
