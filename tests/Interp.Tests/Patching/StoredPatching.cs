using Vitrine.Interp.Patching;
using Vitrine.Models;

namespace Vitrine.Interp.Tests.Patching;

/// <summary>A trained model whose patching results TransformerLens stored, and those
/// results.</summary>
internal sealed class StoredPatching : IDisposable
{
    private const string Folder = "analyses/F";
    private readonly Stored _results = Stored.Open($"{Folder}/patching.safetensors");

    public StoredPatching()
    {
        Model = Transformer.Load(Stored.PathOf(Folder));
        Prompts = new PromptPairs(
            _results.Rows("clean"), _results.Rows("corrupt"),
            _results.Integers("correct").ToArray(), _results.Integers("incorrect").ToArray());
    }

    public Transformer Model { get; }

    public PromptPairs Prompts { get; }

    public double[] this[string name] =>
        Array.ConvertAll(_results.Values(name), value => (double)value);

    public void Dispose()
    {
        _results.Dispose();
        Model.Dispose();
    }
}
