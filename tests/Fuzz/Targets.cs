using System.Text;
using Vitrine.Autograd;
using Vitrine.Cli.CommandLine;
using Vitrine.Cli.Commands;
using Vitrine.Interp.Patching;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Data;
using Vitrine.Models.Positions;
using Vitrine.Models.Tokenizers;
using Vitrine.Models.Training;
using Vitrine.Tensors;

namespace Vitrine.Fuzz;

/// <summary>Small whole files of every kind that is read.</summary>
internal static class Targets
{
    private const string Sample = "A nation of people, 漢字 and \u001b. The nation.";
    private const string TransformerLensConfig =
        """
        {"n_layers": 1, "n_heads": 1, "n_key_value_heads": null, "d_model": 4, "d_head": 4,
         "d_mlp": 16, "d_vocab": 267, "n_ctx": 16, "attn_only": true, "normalization_type": null,
         "eps": 1e-05, "positional_embedding_type": "standard", "attn_scale": -1.0,
         "use_attn_scale": true, "dtype": "torch.float32", "rotary_scaling_factor": 1.0}
        """;

    private const string Prompts =
        """
        { "template": { "clean": "a{A}b{B}", "corrupt": "a{B}b{A}", "answer": "{A}",
                        "versus": "{B}" },
          "slots": { "A": ["c", "d"], "B": ["e", "f"] },
          "pairs": [ { "clean": [1, 2], "corrupt": [3, 4], "answer": 5, "versus": 6 },
                     { "clean": "ab", "corrupt": "cd", "answer": "e", "versus": "f" } ] }
        """;

    /// <summary>Makes the files in a folder.</summary>
    public static IReadOnlyList<Target> In(string folder)
    {
        Tokenizer tokenizer = Tokenizer.Gpt2(merges: 10);
        string run = Run(folder, tokenizer);
        string model = Folder(folder, "model");
        foreach (string file in new[] { "config.json", "vocab.json", "merges.txt" })
        {
            File.Copy(Path.Combine(run, file), Path.Combine(model, file));
        }

        // Without its checksum, so that damage goes further than to that.
        byte[] weights = File.ReadAllBytes(Path.Combine(run, RunFolder.ModelFile));
        "vitrine.sha257"u8.CopyTo(weights.AsSpan(weights.AsSpan().IndexOf("vitrine.sha256"u8)));
        File.WriteAllBytes(Path.Combine(model, RunFolder.ModelFile), weights);
        string theirs = TransformerLens(folder);
        string text = Path.Combine(run, "..", "text.txt");
        string prompts = Written(folder, "prompts.json", Prompts);
        string pairs = Written(
            folder, "pairs.json", Prompts.Replace("\"template\"", "\"other\"", StringComparison.Ordinal));
        string config = Written(
            folder, "config-file.json",
            $$"""{"model": {{File.ReadAllText(Path.Combine(run, "config.json"))}}, "recipe": """
            + (Recipe.Preset("2-layer") with { Context = 16 }).ToJson() + "}");
        return
        [
            new("config", Path.Combine(model, "config.json"), Form.Json, () => Load(model)),
            new("model", Path.Combine(model, "model.safetensors"), Form.SafeTensors,
                () => Load(model)),
            new("mapped", Path.Combine(model, "model.safetensors"), Form.SafeTensors,
                () => Load(model, WeightStorage.Stored)),
            new("theirs", Path.Combine(theirs, "config.json"), Form.Json, () => Load(theirs)),
            new("their-weights", Path.Combine(theirs, "weights.safetensors"), Form.SafeTensors,
                () => Load(theirs)),
            new("vocab", Path.Combine(model, "vocab.json"), Form.Json, () => Tokens(model)),
            new("merges", Path.Combine(model, "merges.txt"), Form.Plain, () => Tokens(model)),
            .. PublishedTokenizers.In(folder),
            new("notes", Path.Combine(run, "run.json"), Form.Json, Of(run, RunNotes.Read)),
            new("metrics", Path.Combine(run, "metrics.jsonl"), Form.Lines,
                Of(run, TrainingMetrics.Of)),
            new("summary", Path.Combine(run, "summary.json"), Form.Json,
                Of(run, TrainingSummary.Of)),
            new("seeds", Path.Combine(run, "other-seeds.json"), Form.Json,
                Of(run, AttentionOnlyExplanation.KeptSeeds)),
            new("zero-layer", Path.Combine(run, "zero-layer.safetensors"), Form.Signed,
                Of(run, folder =>
                {
                    folder.OpenZeroLayer()?.Dispose();
                    return folder;
                })),
            new("state", Path.Combine(run, "training.safetensors"), Form.Signed,
                () => Resume(run, text, tokenizer)),
            new("train-config", config, Form.Json, () => TrainCommand.FromFile(config)),
            new("prompts", prompts, Form.Json, () => PromptFile.Read(prompts, tokenizer)),
            new("pairs", pairs, Form.Json, () => PromptFile.Read(pairs, tokenizer)),
            new("text", text, Form.Plain,
                () => Corpus.FromText(text, 4, tokenizer, cacheFolder: null).Dispose()),
            .. GgufTargets.In(Folder(folder, "gguf")),
        ];
    }

    private static Action Of<T>(string run, Func<RunFolder, T> read) => () =>
    {
        using RunFolder folder = RunFolder.Open(run);
        read(folder);
    };

    private static void Load(string folder, WeightStorage storage = WeightStorage.Copied)
    {
        using Transformer model = Transformer.Load(folder, storage);
        using Tape tape = Tape.NoGrad();
        using Tensor<int> tokens = model.Batch([0]);
        model.Forward(tape, tokens);
    }

    private static void Tokens(string folder)
    {
        Tokenizer tokenizer = Tokenizer.Load(folder);
        tokenizer.Decode(tokenizer.Encode(Sample));
        tokenizer.NearestSingle(Sample, 3);
    }

    private static void Resume(string run, string text, Tokenizer tokenizer)
    {
        using Corpus corpus = Corpus.FromText(text, 4, tokenizer, cacheFolder: null);
        Trainer.Resume(RunFolder.Resume(run), corpus).Dispose();
    }

    /// <summary>A finished run of one layer, with every file that a run may have.</summary>
    private static string Run(string folder, Tokenizer tokenizer)
    {
        string text = Written(folder, "text.txt", string.Join(
            Tokenizer.EndOfTextMark, Enumerable.Repeat(Sample + Sample, 14)));
        string path = Path.Combine(folder, "run");
        using Corpus corpus = Corpus.FromText(text, 4, tokenizer, cacheFolder: null);
        TransformerConfig config = TransformerConfig.AttentionOnly(
            1, 1, 4, 4, tokenizer.VocabularySize, 16, PositionKind.Learned);
        var recipe = new Recipe(Steps: 3, Context: 8, BatchSize: 2, Warmup: 1);
        var options = new TrainerOptions
        {
            SampleTokens = 16,
            MeasureEvery = 1,
            Measure = _ => new Dictionary<string, double> { ["score"] = 0.5 },
        };
        RunFolder run = RunFolder.Create(path);
        new RunNotes(
            "fuzz", text, corpus.Digest, config, recipe, DateTimeOffset.UnixEpoch, "1").Write(run);
        using (Trainer trainer = Trainer.Start(run, config, corpus, recipe, options))
        {
            trainer.Run();
        }

        using RunFolder again = RunFolder.Resume(path);
        using Transformer zero = Transformer.Initial(
            TransformerConfig.ZeroLayer(4, tokenizer.VocabularySize), seed: 1);
        again.SaveZeroLayer(zero);
        again.WriteText(
            RunFolder.OtherSeedsFile,
            $"[[{string.Join(',', again.ReadMetrics())}], []]");
        return path;
    }

    private static string TransformerLens(string folder)
    {
        string theirs = Folder(folder, "theirs");
        TransformerConfig config = TransformerConfig.AttentionOnly(
            1, 1, 4, 4, 267, 16, PositionKind.Learned)
            .WithAttention(heads => heads with { Biases = true });
        using Transformer model = Transformer.Initial(config, seed: 1);
        model.Weights(ElementType.F16).Write(
            Path.Combine(theirs, TransformerLensFolder.WeightsFile));
        byte[] bytes = File.ReadAllBytes(Path.Combine(theirs, TransformerLensFolder.WeightsFile));
        "vitrine.sha257"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("vitrine.sha256"u8)));
        File.WriteAllBytes(Path.Combine(theirs, TransformerLensFolder.WeightsFile), bytes);
        Written(theirs, "config.json", TransformerLensConfig);
        return theirs;
    }

    private static string Folder(string folder, string name) =>
        Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

    private static string Written(string folder, string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return path;
    }
}
