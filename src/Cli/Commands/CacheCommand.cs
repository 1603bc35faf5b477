using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Vitrine.Cli.CommandLine;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine cache MODEL TEXT --out FILE</c>: activations into a file.</summary>
internal static class CacheCommand
{
    /// <summary>What was written.</summary>
    /// <param name="Path">The file.</param>
    /// <param name="Bytes">The bytes of all activations, without tokens and logits.</param>
    /// <param name="Activations">Names and shapes.</param>
    internal sealed record Cached(string Path, long Bytes, IReadOnlyList<Activation> Activations);

    /// <summary>An activation.</summary>
    internal sealed record Activation(string Name, IReadOnlyList<int> Shape);

    public static Command Create()
    {
        var passage = new PassageArgument();
        var text = new Option<string?>("--text")
        {
            Description = "The passage, as TEXT",
            HelpName = "TEXT",
        };
        var names = new Option<string[]>("--names")
        {
            Description = "Names of activations, * for any characters; may be several [all]",
            HelpName = "GLOB",
            AllowMultipleArgumentsPerToken = true,
        };
        return new Command("cache", "Run a passage and write activations to a safetensors file")
        {
            passage.Model, passage.Text, passage.Ids, text, names,
        }.Runs(
            (parse, terminal) =>
            {
                string path = parse.GetValue(CommonOptions.Out)
                    ?? throw new UsageException("--out: name the file that the activations go to.");
                string? words = parse.GetValue(passage.Text);
                if (words is not null && parse.GetValue(text) is not null)
                {
                    throw new UsageException("TEXT and --text: give one of the two.");
                }

                using var model = SubjectModel.Open(parse.GetRequiredValue(passage.Model));
                int[] tokens = passage.Tokens(words ?? parse.GetValue(text), parse, model);
                return Run(model.Model, tokens, parse.GetValue(names) ?? [], path, terminal);
            },
            """vitrine cache runs/2-layer "A nation" --names '*.hook_z' --out z.safetensors""",
            "vitrine cache runs/2-layer --ids 464,3162 --out all.safetensors");
    }

    private static int Run(
        Transformer model, int[] tokens, string[] names, string path, Terminal terminal)
    {
        CachePlan plan = Plan(model.Config, tokens.Length, names);
        string bytes = plan.Bytes.ToString("N0", CultureInfo.InvariantCulture);
        terminal.Error.WriteLine(
            $"{plan.Activations.Count} activations, {tokens.Length} tokens: {bytes} bytes");
        using Tensor<int> batch = model.Batch(tokens);
        string[] asked = [.. plan.Activations.Select(one => one.Name)];
        using ActivationCache cache = model.RunWithCache(batch, [.. asked, HookNames.UnembedOut]);
        OutputFile.Write(CommonOptions.Out.Name, path, file => cache.Save(file, asked));
        var cached = new Cached(
            path,
            plan.Bytes,
            [.. plan.Activations.Select(one => new Activation(one.Name, [.. Lengths(one.Shape)]))]);
        if (terminal.Json)
        {
            terminal.Output.WriteLine(JsonSerializer.Serialize(cached, CliJson.Readable.Cached));
            return 0;
        }

        Table table = new Table().Border(TableBorder.Minimal);
        table.AddColumn("activation").AddColumn("shape");
        foreach (Activation one in cached.Activations)
        {
            string shape = $"[{string.Join(", ", one.Shape)}]";
            table.AddRow(Markup.Escape(one.Name), Markup.Escape(shape));
        }

        terminal.Tables.Write(table);
        terminal.Say($"Written to {path}, with tokens and logits.");
        return 0;
    }

    private static CachePlan Plan(TransformerConfig config, int positions, string[] names)
    {
        try
        {
            return CachePlan.Of(config, 1, positions, names);
        }
        catch (ArgumentException unknown)
        {
            throw UsageException.Of(unknown, "--names");
        }
    }

    private static IEnumerable<int> Lengths(Shape shape) =>
        Enumerable.Range(0, shape.Rank).Select(axis => shape[axis]);
}
