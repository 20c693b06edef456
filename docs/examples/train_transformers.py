"""Fine-tune a Hugging Face token classifier on a published dataset, and measure exact spans on its test split.

    python docs/examples/train_transformers.py build/exports --model PATH_OR_NAME -o build/models/bert

DATASET is a folder of `jiaozhu exports build` or a dataset's name on the Hub; the model needs a fast tokenizer. Needs
torch and transformers (`pip install 'jiaozhu[huggingface]'`) and nothing else of jiaozhu. The folder it writes is one
for `[annotation] model` in jiaozhu.toml, so that the model suggests spans for the next round.
"""

import argparse
import json
import random
from collections import Counter
from pathlib import Path

import torch
from datasets import load_dataset
from transformers import AutoModelForTokenClassification, AutoTokenizer

IGNORED = -100  # of the loss: special tokens, and all pieces of a character but the first


def windows(tokenizer, row, limit):
    """A passage as the model reads it: windows of at most `limit` tokens, a quarter of each shared with the next.

    The dataset's tokens are characters. A tokenizer that drops white space has no piece for it: its tag goes with it.
    """
    made = tokenizer(
        row["tokens"],
        is_split_into_words=True,
        truncation=True,
        max_length=limit,
        stride=limit // 4,
        return_overflowing_tokens=True,
    )
    for number, ids in enumerate(made["input_ids"]):
        characters = made.word_ids(number)
        first = [place for place in range(len(ids)) if place == 0 or characters[place] != characters[place - 1]]
        labels = [IGNORED] * len(ids)
        for place in first:
            if characters[place] is not None:
                labels[place] = row["ner_tags"][characters[place]]
        yield {"input_ids": ids, "labels": labels, "characters": characters}


def batches(items, size, pad, device):
    """The windows in tensors, padded."""
    for start in range(0, len(items), size):
        some = items[start : start + size]
        longest = max(len(item["input_ids"]) for item in some)

        def padded(key, fill, some=some, longest=longest):
            rows = [item[key] + [fill] * (longest - len(item[key])) for item in some]
            return torch.tensor(rows, device=device)

        ids = padded("input_ids", pad)
        mask = torch.tensor([[1] * len(w["input_ids"]) + [0] * (longest - len(w["input_ids"])) for w in some])
        yield some, {"input_ids": ids, "attention_mask": mask.to(device), "labels": padded("labels", IGNORED)}


def spans(tags):
    """The entities (start, end, label) of one tag a character; None, where no piece was, goes with its neighbours."""
    found = []
    for place, tag in enumerate(tags):
        if tag is None or tag == "O":
            continue
        prefix, label = tag.split("-", 1)
        gap = found and all(between is None for between in tags[found[-1][1] : place])
        if prefix in "IE" and gap and found[-1][2] == label and tags[found[-1][1] - 1][0] not in "ES":
            found[-1] = (found[-1][0], place + 1, label)
        else:
            found.append((place, place + 1, label))
    return found


@torch.no_grad()
def evaluate(model, tokenizer, rows, names, limit, size):
    """Exact spans by label: precision, recall, F1."""
    model.eval()
    items = [w | {"row": number} for number, row in enumerate(rows) for w in windows(tokenizer, row, limit)]
    tags = [[None] * len(row["tokens"]) for row in rows]
    for some, batch in batches(items, size, tokenizer.pad_token_id, model.device):
        best = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits.argmax(-1).tolist()
        for item, predicted in zip(some, best, strict=True):
            for place, character in enumerate(item["characters"]):
                if character is not None and tags[item["row"]][character] is None:  # the first window that has it
                    tags[item["row"]][character] = names[predicted[place]]
    counts = {"gold": Counter(), "found": Counter(), "exact": Counter()}
    for row, predicted in zip(rows, tags, strict=True):
        gold = {(entity["start"], entity["end"], entity["label"]) for entity in row["entities"]}
        found = set(spans(predicted))
        for name, group in (("gold", gold), ("found", found), ("exact", gold & found)):
            counts[name].update(label for *_, label in group)
    scores = {}
    for label in [*sorted(counts["gold"] | counts["found"]), "all"]:
        gold, found, exact = (c.total() if label == "all" else c[label] for c in counts.values())
        scores[label] = {
            "precision": exact / found if found else 0.0,
            "recall": exact / gold if gold else 0.0,
            "f1": 2 * exact / (gold + found) if gold + found else 0.0,
            "gold": gold,
        }
    return scores


def main():
    """Train, measure, save."""
    parser = argparse.ArgumentParser(description="Fine-tune a Hugging Face token classifier on a published dataset.")
    parser.add_argument("dataset", help="a folder of jiaozhu exports build, or a dataset's name on the Hub")
    parser.add_argument("--model", required=True, help="a model's folder, or its name on the Hub")
    parser.add_argument("-o", "--output", required=True, type=Path, help="folder for the trained model")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--learn-rate", type=float, default=5e-5)
    arguments = parser.parse_args()

    random.seed(0)
    torch.manual_seed(0)
    dataset = load_dataset(arguments.dataset)
    names = dataset["train"].features["ner_tags"].feature.names
    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = AutoModelForTokenClassification.from_pretrained(
        arguments.model,
        id2label=dict(enumerate(names)),
        label2id={name: number for number, name in enumerate(names)},
        ignore_mismatched_sizes=True,
    ).to(device)
    limit = min(tokenizer.model_max_length, model.config.max_position_embeddings)

    items = [window for row in dataset["train"] for window in windows(tokenizer, row, limit)]
    steps = arguments.epochs * -(-len(items) // arguments.batch)
    optimizer = torch.optim.AdamW(model.parameters(), lr=arguments.learn_rate)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, total_iters=steps)
    for epoch in range(1, arguments.epochs + 1):
        model.train()
        random.shuffle(items)
        total = 0.0
        for some, batch in batches(items, arguments.batch, tokenizer.pad_token_id, device):
            loss = model(**batch).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(some)
        print(f"epoch {epoch}: loss {total / len(items):.4f}")

    split = "test" if "test" in dataset else "validation"
    scores = evaluate(model, tokenizer, list(dataset[split]), names, limit, arguments.batch)
    for label, score in scores.items():
        print(
            f"{label:<10} P {score['precision']:.3f}  R {score['recall']:.3f}  F1 {score['f1']:.3f}  of {score['gold']}"
        )
    model.save_pretrained(arguments.output)
    tokenizer.save_pretrained(arguments.output)
    (arguments.output / "scores.json").write_text(
        json.dumps({"split": split, "scores": scores}, indent=1) + "\n", "utf-8"
    )


if __name__ == "__main__":
    main()
