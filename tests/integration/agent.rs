//! `redhanded hook agent`: what coding agents are answered.

use serde_json::{Value, json};

use crate::support::{Folder, Run, github_token, github_token_of, secret};

/// Asks in a folder.
fn ask_in(folder: &Folder, question: &Value, args: &[&str]) -> Run {
    ask_bytes(folder, question.to_string().as_bytes(), args)
}

fn ask_bytes(folder: &Folder, question: &[u8], args: &[&str]) -> Run {
    folder.run_with_input([&["hook", "agent"], args].concat(), question)
}

/// Asks, and asserts that no answer holds any of the test's credentials.
fn ask(question: &Value) -> Run {
    let run = ask_in(&Folder::new(), question, &[]);
    for seed in [1, 2] {
        for written in [&run.stdout, &run.stderr] {
            assert!(!written.contains(&github_token_of(seed)[4..16]), "{written}");
        }
    }
    run
}

/// The answer on standard output.
fn answer(question: &Value) -> Value {
    ask(question).exits(0).json()
}

/// A question of Claude Code about a tool.
fn tool(name: &str, input: &Value) -> Value {
    json!({
        "session_id": "9c2f7f1e-53a1-4a3c-9a61-3b1f0c6ad4b7", "transcript_path": "/t.jsonl",
        "hook_event_name": "PreToolUse", "tool_name": name, "tool_input": input,
    })
}

/// The reason for which Claude Code does not run a tool.
#[track_caller]
fn denied(answer: &Value) -> String {
    let output = &answer["hookSpecificOutput"];
    assert_eq!(output["permissionDecision"], "deny", "{answer}");
    output["permissionDecisionReason"].as_str().expect("there is a reason").to_owned()
}

#[test]
fn every_agent_is_told_no_in_its_own_form() {
    let text = format!("export TOKEN={}", github_token());
    // The question, and where in the answer what stands.
    let cases: [(Value, &str, &str); 15] = [
        (json!({"hook_event_name": "UserPromptSubmit", "prompt": text}), "/decision", "block"),
        (
            json!({"hook_event_name": "PreToolUse", "tool_name": "Bash",
                "tool_input": {"command": text}}),
            "/hookSpecificOutput/permissionDecision",
            "deny",
        ),
        (
            json!({"hookEventName": "PreToolUse", "tool_name": "runInTerminal",
                "tool_input": {"command": text}}),
            "/hookSpecificOutput/permissionDecision",
            "deny",
        ),
        (
            json!({"hook_event_name": "PermissionRequest", "tool_name": "Bash",
                "tool_input": {"command": text}}),
            "/hookSpecificOutput/decision/behavior",
            "deny",
        ),
        (
            json!({"hook_event_name": "PostToolUse", "tool_name": "Bash", "tool_input": {},
                "tool_response": {"stdout": text}}),
            "/decision",
            "block",
        ),
        (json!({"hook_event_name": "beforeSubmitPrompt", "prompt": text}), "/continue", "false"),
        (
            json!({"hook_event_name": "beforeShellExecution", "command": text}),
            "/permission",
            "deny",
        ),
        (
            json!({"hook_event_name": "beforeMCPExecution", "tool_name": "x",
                "tool_input": json!({"a": text}).to_string()}),
            "/permission",
            "deny",
        ),
        (
            json!({"hook_event_name": "beforeReadFile", "file_path": "a", "content": text}),
            "/permission",
            "deny",
        ),
        (
            json!({"toolName": "bash", "toolArgs": json!({"command": text}).to_string()}),
            "/permissionDecision",
            "deny",
        ),
        (
            json!({"toolName": "bash", "toolArgs": "{}",
                "toolResult": {"resultType": "success", "textResultForLlm": text}}),
            "/modifiedResult/resultType",
            "denied",
        ),
        (json!({"hook_event_name": "BeforeAgent", "prompt": text}), "/decision", "deny"),
        (
            json!({"hook_event_name": "BeforeTool", "tool_name": "run_shell_command",
                "tool_input": {"command": text}}),
            "/decision",
            "deny",
        ),
        (
            json!({"hook_event_name": "AfterTool", "tool_name": "run_shell_command",
                "tool_response": {"llmContent": text}}),
            "/decision",
            "deny",
        ),
        (
            json!({"hook_event_name": "postToolUse", "tool_name": "Shell", "tool_output": text,
                "conversation_id": "1"}),
            "/additional_context",
            "*",
        ),
    ];
    for (question, pointer, expected) in cases {
        let answer = answer(&question);
        let given = answer.pointer(pointer).unwrap_or_else(|| panic!("{question}\n{answer}"));
        let given = given.as_str().map_or_else(|| given.to_string(), str::to_owned);
        assert!(expected == "*" || given == expected, "{question}\n{answer}");
        let said = answer.to_string();
        for part in ["[github-pat-classic]", "ghp_********", "line 1"] {
            assert!(said.contains(part), "{part}\n{answer}");
        }
    }
}

#[test]
fn every_agent_is_told_yes_where_nothing_is_found() {
    for (question, expected) in [
        (json!({"hook_event_name": "UserPromptSubmit", "prompt": "hello"}), json!({})),
        (tool("Bash", &json!({"command": "ls"})), json!({})),
        (
            json!({"hook_event_name": "beforeSubmitPrompt", "prompt": "x"}),
            json!({"continue": true}),
        ),
        (
            json!({"hook_event_name": "beforeShellExecution", "command": "ls"}),
            json!({"permission": "allow"}),
        ),
        (json!({"hook_event_name": "afterFileEdit", "file_path": "a", "edits": []}), json!({})),
        (json!({"hook_event_name": "BeforeTool", "tool_input": {}}), json!({})),
        (json!({"toolName": "bash", "toolArgs": "{\"command\":\"ls\"}"}), json!({})),
        (json!({"event": "something new", "text": "hello"}), json!({})),
        (json!([]), json!({})),
    ] {
        let run = ask(&question).exits(0);
        assert_eq!((run.json(), &*run.stderr), (expected, ""), "{question}");
    }
}

#[test]
fn what_nobody_knows_is_refused_in_the_general_way() {
    for question in [
        json!({"hook_event_name": "SomethingNew", "text": github_token()}),
        json!({"hook_event_name": "afterFileEdit", "edits": [{"new_string": github_token()}]}),
        json!({"timestamp": 1, "cwd": "/", "prompt": github_token()}),
        json!(github_token()),
        json!([[github_token()]]),
    ] {
        let run = ask(&question).exits(2);
        assert_eq!(run.json()["decision"], "block", "{question}");
        assert!(run.stderr.contains("ghp_********"), "{}", run.stderr);
    }
}

#[test]
fn where_nothing_can_be_prevented_the_user_is_told() {
    // A no would only make the agent go on.
    for name in ["Stop", "SubagentStop", "SessionStart"] {
        let question = json!({"hook_event_name": name, "last_assistant_message": github_token()});
        let answer = answer(&question);
        assert!(answer["systemMessage"].as_str().is_some_and(|said| said.contains("ghp_********")));
        assert!(answer.get("decision").is_none(), "{answer}");
    }
}

#[test]
fn the_agent_can_be_named() {
    let question =
        json!({"hook_event_name": "New", "tool_name": "x", "tool_input": github_token()});
    let folder = Folder::new();
    for (agent, code) in [("cursor", 2), ("claude-code", 2), ("gemini", 2), ("copilot", 2)] {
        ask_in(&folder, &question, &["--agent", agent]).exits(code);
    }
    let question = json!({"hook_event_name": "SessionStart", "x": github_token()});
    let run = ask_in(&folder, &question, &["--agent", "cursor"]).exits(2);
    assert_eq!(run.json()["decision"], "block");
    ask_in(&folder, &question, &["--agent", "nobody"]).exits(2);
    let question = json!({"timestamp": 1, "prompt": github_token()});
    let run = ask_in(&folder, &question, &["--agent", "copilot"]).exits(2);
    assert!(run.stderr.starts_with("redhanded: the prompt holds a credential"), "{}", run.stderr);
}

#[test]
fn a_file_is_scanned_before_the_model_sees_it() {
    let folder = Folder::new();
    folder.file("deploy/.env", format!("A=1\nTOKEN={}\n", github_token()));
    folder.file("plain.txt", "nothing");
    let there = folder.path().to_str().expect("it is text");
    let read = |name: &str, input: Value| {
        let mut question = tool(name, &input);
        question["cwd"] = json!(there);
        ask_in(&Folder::new(), &question, &[]).exits(0).json()
    };
    for (name, input) in [
        ("Read", json!({"file_path": "deploy/.env"})),
        ("Read", json!({"file_path": format!("{there}/deploy/.env")})),
        ("readFile", json!({"filePath": "deploy/.env"})),
        ("read_many_files", json!({"paths": ["plain.txt", "deploy/.env"]})),
        ("mcp__files__read_text", json!({"path": "deploy/../deploy/.env"})),
        ("Grep", json!({"path": "deploy/.env", "pattern": "x"})),
    ] {
        let reason = denied(&read(name, input));
        assert!(reason.contains(".env, line 2"), "{reason}");
        assert!(!reason.contains(&github_token()), "{reason}");
    }
    for (name, input) in [
        ("Read", json!({"file_path": "plain.txt"})),
        ("Read", json!({"file_path": "not there"})),
        ("Read", json!({"file_path": "deploy"})),
        ("Write", json!({"file_path": "deploy/.env", "content": "A=1"})),
    ] {
        assert_eq!(read(name, input.clone()), json!({}), "{name} {input}");
    }
}

#[test]
fn a_file_that_cannot_be_scanned_is_not_read() {
    let folder = Folder::new();
    folder.file("large.log", "x\n".repeat(2048));
    let question = tool("Read", &json!({"file_path": "large.log"}));
    let run = ask_in(&folder, &question, &["--max-file-size", "1K"]).exits(0);
    let reason = denied(&run.json());
    assert!(reason.contains("large.log could not be scanned"), "{reason}");
    let run = ask_in(&folder, &question, &["--max-file-size", "1K", "--fail-open"]).exits(0);
    assert_eq!(run.json(), json!({}));
    assert!(run.stderr.contains("could not be scanned"), "{}", run.stderr);
    // What was found in the part that was read is found all the same.
    folder.file("large.log", format!("{}\n{}", github_token(), "x\n".repeat(2048)));
    let run = ask_in(&folder, &question, &["--max-file-size", "1K", "--fail-open"]).exits(0);
    denied(&run.json());
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let folder = Folder::new();
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.expect("mkfifo is there").success());
    let question = tool("Read", &json!({"file_path": path.to_str().expect("it is text")}));
    let reason = denied(&ask_in(&folder, &question, &[]).exits(0).json());
    assert!(reason.contains("neither a file nor a folder"), "{reason}");
}

#[test]
fn a_file_that_a_prompt_mentions_is_scanned() {
    let folder = Folder::new();
    folder.file(".env", github_token());
    for (prompt, expected) in [
        ("what is in @.env, and why?", Some("block")),
        ("what is in @\".env\"?", Some("block")),
        ("what is in @.env#L1?", Some("block")),
        ("what is in .env? ask me@.env", None),
    ] {
        let question = json!({"hook_event_name": "UserPromptSubmit", "prompt": prompt});
        let answer = ask_in(&folder, &question, &[]).exits(0).json();
        assert_eq!(answer["decision"].as_str(), expected, "{prompt}");
    }
    let question = json!({"hook_event_name": "beforeSubmitPrompt", "prompt": "look",
        "attachments": [{"type": "file", "file_path": ".env"}]});
    assert_eq!(ask_in(&folder, &question, &[]).exits(0).json()["continue"], false);
}

#[test]
fn texts_are_scanned_as_they_are_meant() {
    let key = secret(
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE${base64:60}\n${base64:64}\n${base64:64}\n\
         ${base64:64}\n${base64:64}\n${base64:32}\n-----END RSA PRIVATE KEY-----\n",
    );
    let reason = denied(&answer(&tool("Write", &json!({"file_path": "id", "content": key}))));
    assert!(reason.contains("/tool_input/content, line 1"), "{reason}");
    assert!(!reason.contains(key.lines().nth(1).expect("it has lines")), "{reason}");
    // A name speaks for what is assigned to it, whoever writes it so.
    let password = secret("${alnum:20}");
    let reason = denied(&answer(&tool("mcp__db__open", &json!({"db": {"password": password}}))));
    assert!(reason.contains("/tool_input/db/password, line 1"), "{reason}");
    assert!(!reason.contains(&password[..8]), "{reason}");
    // A document in a text in a document.
    let inner = json!({"a": [{"b": format!("x\n{}", github_token())}]}).to_string();
    let reason = denied(&answer(&tool("x", &json!({"payload": inner}))));
    assert!(reason.contains("/tool_input/payload"), "{reason}");
}

#[test]
fn a_credential_is_free_to_go() {
    let [old, new] = [github_token_of(1), github_token_of(2)];
    let edit = |to: &str| {
        let input = json!({"file_path": "a.py", "old_string": format!("t = '{old}'"),
            "new_string": to});
        answer(&tool("Edit", &input))
    };
    assert_eq!(edit("t = os.environ['T']"), json!({}));
    denied(&edit(&new));
    let patch = |sign: char| {
        let patch = format!("*** Begin Patch\n*** Update File: a.py\n@@\n{sign}t = '{old}'\n");
        answer(&tool("apply_patch", &json!({"input": patch})))
    };
    assert_eq!(patch('-'), json!({}));
    denied(&patch('+'));
    // Whoever hands `old_string` to a server gives it away.
    denied(&answer(&tool("mcp__x__edit", &json!({"old_string": old}))));
}

#[test]
fn the_folder_s_configuration_counts() {
    let folder = Folder::new();
    let there = folder.path().to_str().expect("it is text");
    folder.file(
        ".redhanded.toml",
        "[allow]\npaths = [\"fixtures/\"]\n[scan]\nexclude = [\"/out\"]\n",
    );
    for name in ["fixtures/a", "src/a", "out/a"] {
        folder.file(name, github_token());
    }
    for (file, allowed) in [("fixtures/a", true), ("out/a", true), ("src/a", false)] {
        for question in [
            tool("Read", &json!({"file_path": file})),
            tool("Write", &json!({"file_path": file, "content": github_token()})),
        ] {
            let mut question = question;
            question["cwd"] = json!(there);
            let answer = ask_in(&Folder::new(), &question, &[]).exits(0).json();
            assert_eq!(answer == json!({}), allowed, "{question}");
        }
    }
    let question = tool("Bash", &json!({"command": format!("x {}", github_token())}));
    let none = ["--skip", "github-pat-classic"];
    assert_eq!(ask_in(&folder, &question, &none).exits(0).json(), json!({}));
    // A configuration that cannot be read is no reason to let anything through.
    folder.file(".redhanded.toml", "[allow\n");
    let reason = denied(&ask_in(&folder, &question, &[]).exits(0).json());
    assert!(reason.contains(".redhanded.toml:1:"), "{reason}");
    let run = ask_in(&folder, &question, &["--fail-open"]).exits(0);
    assert_eq!(run.json(), json!({}));
    assert!(run.stderr.contains("let through by --fail-open"), "{}", run.stderr);
}

#[test]
fn thresholds_hold() {
    let question = tool("x", &json!({"db": {"password": secret("${alnum:20}")}}));
    let folder = Folder::new();
    denied(&ask_in(&folder, &question, &[]).exits(0).json());
    for args in [["--min-confidence", "high"], ["--min-severity", "critical"]] {
        assert_eq!(ask_in(&folder, &question, &args).exits(0).json(), json!({}), "{args:?}");
    }
}

#[test]
fn what_is_no_json_is_not_let_through() {
    let folder = Folder::new();
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    for question in [&b""[..], b"{", b"no JSON", b"{}{}", b"{\"prompt\": \"\\ud8\"}", &deep] {
        let run = ask_bytes(&folder, question, &[]).exits(2);
        assert_eq!(run.stdout, "");
        assert!(run.stderr.contains("not JSON that can be read"), "{}", run.stderr);
        assert!(run.stderr.contains(" at line "), "{}", run.stderr);
        let run = ask_bytes(&folder, question, &["--fail-open"]).exits(0);
        assert_eq!(run.stdout, "{}\n");
        assert!(run.stderr.contains("let through by --fail-open"), "{}", run.stderr);
    }
}

#[test]
fn odd_json_is_read_as_far_as_it_can_be() {
    let token = github_token();
    let folder = Folder::new();
    // Of a name that stands twice nobody knows which value counts.
    let twice = format!(
        r#"{{"hook_event_name": "UserPromptSubmit", "prompt": "{token}",
        "prompt": "hello"}}"#
    );
    let not_utf8 = [
        b"{\"hook_event_name\": \"UserPromptSubmit\", \"prompt\": \"\xff\xfe ",
        token.as_bytes(),
        b" \xc3\"}",
    ]
    .concat();
    let half =
        format!(r#"{{"hook_event_name": "UserPromptSubmit", "prompt": "\ud83d {token} \ude00"}}"#);
    let mark = format!("\u{feff}{half}");
    for question in [twice.as_bytes(), &not_utf8, half.as_bytes(), mark.as_bytes()] {
        let answer = ask_bytes(&folder, question, &[]).exits(0).json();
        assert_eq!(answer["decision"], "block", "{}", String::from_utf8_lossy(question));
    }
    // As deep as JSON is read.
    let deep = format!("{}\"{token}\"{}", "[".repeat(120), "]".repeat(120));
    ask_bytes(&folder, deep.as_bytes(), &[]).exits(2);
    let nested = (0..8).fold(token, |inner, _| json!({"a": inner}).to_string());
    ask_bytes(&folder, nested.as_bytes(), &[]).exits(2);
}

#[test]
fn a_credential_in_a_name_is_found_and_not_told() {
    let token = github_token();
    for input in [json!({&*token: 1}), json!({&*token: {"x": github_token_of(2)}})] {
        let reason = denied(&answer(&tool("x", &input)));
        assert!(reason.contains("ghp_********"), "{reason}");
    }
    let folder = Folder::new();
    folder.file(&token, github_token_of(2));
    let question = tool("Read", &json!({"file_path": token}));
    let reason = denied(&ask_in(&folder, &question, &[]).exits(0).json());
    assert!(!reason.contains(&token), "{reason}");
}

#[test]
fn a_question_that_is_too_long_is_refused() {
    let folder = Folder::new();
    let question = json!({"prompt": "x".repeat(16 << 20)}).to_string();
    let run = ask_bytes(&folder, question.as_bytes(), &[]).exits(2);
    assert!(run.stderr.contains("longer than 16 MiB"), "{}", run.stderr);
    assert_eq!(ask_bytes(&folder, question.as_bytes(), &["--fail-open"]).exits(0).stdout, "{}\n");
}

#[test]
fn a_long_list_is_cut() {
    let tokens: Vec<String> = (0..30).map(github_token_of).collect();
    let reason = denied(&answer(&tool("x", &json!({"text": tokens.join("\n")}))));
    assert!(reason.contains("30 credentials"), "{reason}");
    assert!(reason.contains("\n- and 20 more\n"), "{reason}");
    let twice = json!({"a": github_token(), "b": [github_token()]});
    let reason = denied(&answer(&tool("x", &twice)));
    assert!(reason.contains("hand on a credential"), "{reason}");
}
