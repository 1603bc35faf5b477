using System.CommandLine;
using Spectre.Console;
using Vitrine.Cli.CommandLine;
using Vitrine.Interp;
using Vitrine.Models;
using Vitrine.Tensors;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine cache MODEL TEXT --out FILE</c>: activations into a file.</summary>
internal static class CacheCommand
{
    /// <summary>Which activations of which passage are written where.</summary>
    internal sealed record Request(
        string Model, Passage Passage, IReadOnlyList<string> Names, string Out)
        : SubjectRequest(Model)
    {
        public override bool Writes => true;
    }

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
        var text = CommonOptions.Of<string?>("--text", "The passage, as TEXT", "TEXT");
        var names = CommonOptions.Of<string[]>(
            "--names", "Names of activations, * for any characters; may be several [all]", "GLOB");
        names.AllowMultipleArgumentsPerToken = true;
        return new Command("cache", "Run a passage and write activations to a safetensors file")
        {
            passage.Model, passage.Text, passage.Ids, text, names,
        }.Asks(
            Read, Of, Print,
            """vitrine cache runs/2-layer "A nation" --names '*.hook_z' --out z.safetensors""",
            "vitrine cache runs/2-layer --ids 464,3162 --out all.safetensors");

        Request Read(ParseResult parse)
        {
            string file = parse.GetValue(CommonOptions.Out)
                ?? throw new RequestException("--out: name the file that the activations go to.");
            Passage given = passage.Read(parse);
            string? words = parse.GetValue(text);
            return given.Text is null || words is null
                ? new Request(
                    parse.GetRequiredValue(passage.Model),
                    given with { Text = given.Text ?? words }, parse.GetValue(names) ?? [], file)
                : throw new RequestException("TEXT and --text: give one of the two.");
        }
    }

    /// <summary>Answers the request: writes the file.</summary>
    public static Answer<Cached> Of(
        Subject subject, Request request, IProgress<AnalysisProgress>? progress = null,
        CancellationToken stop = default)
    {
        int[] tokens = request.Passage.Tokens(subject);
        CachePlan plan = Plan(subject.Model.Config, tokens.Length, [.. request.Names]);
        using Tensor<int> batch = subject.Model.Batch(tokens);
        string[] asked = [.. plan.Activations.Select(one => one.Name)];
        using ActivationCache cache = subject.Model.RunWithCache(
            batch, [.. asked, HookNames.UnembedOut]);
        OutputFile.Write("`out`", request.Out, file => cache.Save(file, asked));
        return new Answer<Cached>(
            new Cached(
                request.Out, plan.Bytes,
                [
                    .. plan.Activations.Select(
                        one => new Activation(one.Name, [.. Lengths(one.Shape)])),
                ]),
            Notes: $"{asked.Length} activations, {tokens.Length} tokens: {plan.Bytes:N0} bytes");
    }

    private static void Print(Terminal terminal, Subject subject, Request request, Cached cached)
    {
        Table table = NumberTable.Titled(null, "activation", "shape");
        foreach (Activation one in cached.Activations)
        {
            table.AddRow(
                Markup.Escape(one.Name), Markup.Escape($"[{string.Join(", ", one.Shape)}]"));
        }

        terminal.Tables.Write(table);
        terminal.Say($"Written to {cached.Path}, with tokens and logits.");
    }

    private static CachePlan Plan(TransformerConfig config, int positions, string[] names)
    {
        try
        {
            return CachePlan.Of(config, 1, positions, names);
        }
        catch (ArgumentException unknown)
        {
            throw RequestException.Of(unknown, "`names`");
        }
    }

    private static IEnumerable<int> Lengths(Shape shape) =>
        Enumerable.Range(0, shape.Rank).Select(axis => shape[axis]);
}
