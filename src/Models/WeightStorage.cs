namespace Vitrine.Models;

/// <summary>What becomes of a file's weights when a model is loaded.</summary>
public enum WeightStorage
{
    /// <summary>They are copied as float32: the model can be trained, and every analysis reads
    /// it.</summary>
    Copied,

    /// <summary>Matrices stay in the file, mapped into memory, in the element type that they have
    /// there; products, gathers and the unembedding decode them as they go. The model runs and
    /// generates; it is not trained, and analyses that read its matrices refuse it. The file must
    /// stay as it is for as long as the model lives.</summary>
    Stored,
}
