;;; probe.el --- The documented lines for eglot in a batch Emacs -*- lexical-binding: t; -*-

;; Opens the file in the environment's CODEORIGIN_FILE, does what a user would, and writes what was seen as JSON to
;; CODEORIGIN_ANSWER.  All judging is left to the test that runs this.

(require 'json)
(load (getenv "CODEORIGIN_SETUP") nil t)
(require 'project)
(require 'flymake)

(setq eglot-autoreconnect nil
      eglot-sync-connect 60
      eglot-send-changes-idle-time 0.1)

(defun probe-findings ()
  (mapcar (lambda (finding)
            (list :line (line-number-at-pos (flymake-diagnostic-beg finding))
                  :text (flymake-diagnostic-text finding)))
          (flymake-diagnostics)))

(defun probe-wait (what test)
  "Let Emacs run until TEST holds, and return its value; signal an error that names WHAT after a minute."
  (let ((end (+ (float-time) 60)) value)
    (while (not (setq value (funcall test)))
      (when (> (float-time) end)
        (error "%s did not come: %S" what (probe-findings)))
      (accept-process-output nil 0.1)
      ;; A batch Emacs is never idle, which is when flymake would show new findings.
      (flymake-start))
    value))

(defun probe-count (count)
  (probe-wait (format "%d findings" count)
              (lambda () (let ((found (probe-findings))) (and (= (length found) count) (vconcat found))))))

(defun probe-request (method parameters)
  (jsonrpc-request (eglot-current-server) method parameters :timeout 60))

(defun probe-hover ()
  (format "%s" (plist-get (plist-get (probe-request :textDocument/hover (eglot--TextDocumentPositionParams)) :contents)
                          :value)))

(defun probe-echo ()
  "What eldoc has of the hover at point, its first line first; eglot asks only for a buffer in a window."
  (let (said)
    (switch-to-buffer (current-buffer))
    (eglot-hover-eldoc-function (lambda (text &rest _) (setq said text)))
    (substring-no-properties (probe-wait "eldoc" (lambda () said)))))

(defun probe-go (text)
  (goto-char (point-min))
  (search-forward text)
  (goto-char (match-beginning 0)))

(defun probe-edit ()
  (goto-char (point-min))
  (insert "# first\n# second\n")
  (eglot--signal-textDocument/didChange))

(defun probe-ignore ()
  "Apply the action that inserts an ignore comment to the function at point."
  (let* ((diagnostics (vconcat (mapcar (lambda (found) (alist-get 'eglot-lsp-diag (eglot--diag-data found)))
                                       (flymake-diagnostics (line-beginning-position) (line-end-position)))))
         (place (list :start (eglot--pos-to-lsp-position (line-beginning-position))
                      :end (eglot--pos-to-lsp-position (line-end-position))))
         (actions (probe-request :textDocument/codeAction
                                 (list :textDocument (eglot--TextDocumentIdentifier)
                                       :range place
                                       :context (list :diagnostics diagnostics))))
         (ignore (seq-find (lambda (action) (string-prefix-p "Ignore this function" (plist-get action :title)))
                           actions)))
    (eglot--apply-workspace-edit (plist-get ignore :edit))
    (eglot--signal-textDocument/didChange)))

(with-current-buffer (find-file-noselect (getenv "CODEORIGIN_FILE"))
  (python-mode)
  ;; What `eglot-ensure' of the hook does once Emacs is idle, which a batch Emacs never is.
  (apply #'eglot (eglot--guess-contact))
  (let* ((opened (probe-count 2))
         (hover (progn (probe-go "balance_by_account")
                       (probe-wait "the hover with its explanation"
                                   (lambda () (let ((text (probe-hover))) (and (string-match-p "▰" text) text))))))
         (echo (prog1 (probe-echo) (probe-edit)))
         (moved (probe-wait "moved findings"
                            (lambda () (let ((found (probe-findings)))
                                         (and (= (length found) 2)
                                              (= (plist-get (car found) :line)
                                                 (+ 2 (plist-get (aref opened 0) :line)))
                                              (vconcat found))))))
         (ignored (progn (probe-go "def read_postings") (probe-ignore) (probe-count 1)))
         (answer (list :opened opened :hover hover :hook (and (memq #'eglot-ensure python-mode-hook) t)
                       :echo echo :moved moved :ignored ignored
                       :text (buffer-string))))
    (write-region (json-serialize answer) nil (getenv "CODEORIGIN_ANSWER") nil 'quiet)
    (eglot-shutdown (eglot-current-server))
    (set-buffer-modified-p nil)))

;;; probe.el ends here
